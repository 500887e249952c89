// What is wrong with each slide at the window's size. All of it has to lie above the
// slide's foot and inside its margins, with no part of it to be scrolled to, and in type
// that can be read from afar.
(least) => {
  const found = [];
  const sections = [...document.querySelectorAll(".slides > section")];
  for (const [n, section] of sections.entries()) {
    Reveal.slide(n, 0, 99);
    const scale = section.getBoundingClientRect().width / 1280, wrong = new Set();
    const all = section.getBoundingClientRect();
    const [left, right] = [all.left + 55 * scale, all.right - 55 * scale];
    const bottom = section.querySelector(".foot").getBoundingClientRect().top + 1;
    if (all.left < -1 || all.top < -1 || all.right > innerWidth + 1 || all.bottom > innerHeight + 1)
      wrong.add("the slide is larger than the window");
    for (const e of section.querySelectorAll(".heading, .room *")) {
      if (e.closest("mjx-assistive-mml, .lez10-live, svg, script, style, option")) continue;
      const box = e.getBoundingClientRect(), style = getComputedStyle(e);
      if (!box.width || !box.height || style.visibility === "hidden") continue;
      const name = `${e.tagName}.${e.className}`;
      if (box.left < left - 1 || box.right > right + 1) wrong.add(`${name} is too wide`);
      if (box.top < all.top || box.bottom > bottom) wrong.add(`${name} is too high`);
      const scrolled = ["X", "Y"].some((axis) => style[`overflow${axis}`] !== "visible");
      if (scrolled && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
        wrong.add(`${name} scrolls`);
      const words = [...e.childNodes].filter((c) => c.nodeType === 3 && c.textContent.trim());
      for (const text of words) { // it may run over the element that holds it
        const range = document.createRange();
        range.selectNodeContents(text);
        const { left: from, right: to, bottom: end } = range.getBoundingClientRect();
        if (from < left - 1 || to > right + 1) wrong.add(`the text of ${name} is too wide`);
        if (end > bottom) wrong.add(`the text of ${name} is too high`);
      }
      const kind = e.closest(".lez10-explorer") ? "explorer" : "slide";
      const size = parseFloat(style.fontSize);
      if (words.length && size < least[kind]) wrong.add(`${name} has type of ${size.toFixed(1)} pixels`);
    }
    for (const image of section.querySelectorAll("img"))
      if (!image.alt.trim() || !image.naturalWidth) wrong.add("an image has no text, or is not there");
    if (!section.querySelector(".heading").textContent.trim()) wrong.add("it has no heading");
    found.push([...wrong].slice(0, 6));
  }
  Reveal.slide(0);
  return found;
}
