// Formulas first, then the type, then the slides. All of it lies beside the deck.

const TYPE = [1.5, 1.4, 1.3, 1.2, 1.1, 1]; // of a slide of words, in units of slides.css
const SMALL = 1; // of words beside a picture
const WIDGET = [1.6, 1.5, 1.4, 1.3, 1.2, 1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7]; // of an explorer

window.MathJax = {
  tex: { inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true },
  // each formula holds its own glyphs: the notes are shown in another window
  svg: { fontCache: "local" },
  options: { enableMenu: false, skipHtmlTags: ["script", "style", "textarea", "pre", "code", "canvas"] },
  startup: {
    async pageReady() {
      await MathJax.startup.defaultPageReady();
      for (const copy of document.querySelectorAll(".notes mjx-assistive-mml")) copy.remove();
      await fitAll();
      await Reveal.initialize({
        width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none",
        navigationMode: "linear", controlsTutorial: false, scrollActivationWidth: null,
        pdfMaxPagesPerSlide: 1, pdfSeparateFragments: false, plugins: [RevealNotes],
      });
      document.documentElement.dataset.ready = "";
    },
  },
};

// The largest type with which a slide's content fits, slide by slide.
async function fitAll() {
  document.body.classList.add("measuring"); // every slide is laid out
  const widgets = [...document.querySelectorAll(".lez10-static")];
  const fonts = [...document.fonts].map((face) => face.load());
  await Promise.allSettled([...fonts, ...widgets.map((host) => host.alive)]);
  for (const section of document.querySelectorAll(".slides > section")) {
    const room = section.querySelector(".room"), { classList } = section;
    const sizes = classList.contains("widget") ? WIDGET : classList.contains("picture") ? [SMALL] : TYPE;
    sizes.find((size) => { room.style.setProperty("--type", size); return fits(room); });
  }
  document.body.classList.remove("measuring");
}

function fits(room) {
  const wide = [...room.querySelectorAll(".block, .block > *, .lez10-numbers")];
  return room.scrollHeight <= room.clientHeight && wide.every((e) => e.scrollWidth <= e.clientWidth);
}
