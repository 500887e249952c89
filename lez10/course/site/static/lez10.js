// What scrolls sideways can be reached, and scrolled, by the keyboard.
const SCROLLING = "pre, .table-wrapper, .lez10-numbers, mjx-container[display]";

function reach() {
  for (const box of document.querySelectorAll(SCROLLING)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

addEventListener("load", async () => {
  reach();
  addEventListener("resize", reach);
  // formulas and explorers come later
  await window.MathJax?.startup?.promise;
  for (const host of document.querySelectorAll(".lez10-static")) await host.alive;
  reach();
});
