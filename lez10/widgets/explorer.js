// Draws runs that Python computed. No gradient, update rule or objective lives here:
// every number comes out of a buffer, and every word, colour and marker out of `scene`.

const PLAYING = 50, CALM = 250; // ms per step; the second where less motion is wanted
const REACH = 6; // em, the longest arrow

function render({ model, el }) {
  const scene = model.get("scene"), { words, steps, axis } = scene, codes = halves(model.get("runs"));
  const surface = scene.window && new Plane(scene, scene.window, scene.ticks, scene.axes, true);
  const panels = scene.panels.map((panel) => new (panel.enlarged ? HeadToTail : panel.dots ? Dots : Curves)(scene, panel));

  // ---- the controls
  const sliders = {};
  const controls = tag("div", { className: "lez10-controls" });
  const play = tag("button", { type: "button", title: words["play steps"] });
  const stepSlider = { trait: "k", label: words.k, values: axis.texts };
  for (const { trait, label, values, sign: letter } of [...scene.sliders, stepSlider]) {
    const input = tag("input", { type: "range", min: 0, max: values.length - 1, step: 1 });
    input.value = model.get(trait);
    const shown = tag("output");
    const name = tag("label", {}, tag("span", { textContent: label }), shown, input);
    controls.append(trait === "k" ? tag("div", { className: "lez10-play" }, play, name) : name);
    sliders[trait] = { input, shown, values, letter };
    input.addEventListener("input", (event) => {
      if (trait === "k") run(false);
      schedule(event.timeStamp);
    });
    input.addEventListener("change", () => save(trait));
  }
  const save = (trait) => { model.set(trait, +sliders[trait].input.value); model.save_changes(); };

  // ---- the table of numbers: a row per algorithm, a cell per letter
  const chip = (column) => tag("span", { className: "lez10-chip", textContent: column.sign, style: `color:${column.colour}` });
  const groups = [["now", scene.columns.filter((c) => !c.next)], ["next", scene.columns.filter((c) => c.next)]];
  const table = tag("table", { "aria-label": words.numbers });
  const parts = scene.axes ? [tag("td")] : []; // the names of a vector's components
  table.append(tag("thead", {},
    tag("tr", {}, tag("td"), ...parts.map(() => tag("td")), ...groups.filter(([, columns]) => columns.length).map(([key, columns]) =>
      tag("th", { colSpan: columns.length, scope: "colgroup", textContent: words[key] }))),
    tag("tr", {}, tag("td"), ...parts, ...scene.columns.map((column) =>
      tag("th", { scope: "col", title: column.word, className: column.next ? "lez10-next" : "" }, chip(column))))));
  const body = table.appendChild(tag("tbody"));
  const rows = scene.rules.map((rule) => {
    const swatch = tag("canvas", { width: 64, height: 32, className: "lez10-chip", "aria-hidden": "true" });
    const pen = Object.assign(Object.create(Plane.prototype), { scene, ctx: swatch.getContext("2d"), rect: [0, 0, 64, 32], taken: [] });
    pen.line([[0, 16], [64, 16]], rule.colour, 4, rule.dash.map((d) => 2 * d));
    pen.marker([32, 16], rule, 20);
    const status = tag("span", { className: "lez10-status" });
    const name = tag("label", {}, swatch, rule.label);
    let box = null;
    if (scene.rules.length > 1) {
      box = tag("input", { type: "checkbox", checked: !model.get("hidden").includes(rule.name),
        "aria-label": fill(words.show, { rule: rule.label }) });
      box.addEventListener("change", () => {
        model.set("hidden", scene.rules.filter((_, n) => rows[n].box && !rows[n].box.checked).map((r) => r.name));
        model.save_changes(); schedule(performance.now());
      });
      name.prepend(box);
    }
    const cells = scene.columns.map((c) => tag("td", { className: c.next ? "lez10-next" : "" }));
    const row = tag("tr", {}, tag("th", { scope: "row" }, name, status),
      ...parts.map(() => tag("td", { textContent: scene.axes.join("\n") })), ...cells);
    body.append(row);
    return { rule, row, box, status, cells };
  });

  const live = tag("div", { className: "lez10-live", role: "status" });
  const plots = panels.flatMap((panel) => [tag("div", { className: "lez10-title", textContent: panel.title }), panel.canvas]);
  const several = panels.length > 1; // then the controls stand in a row below
  const side = surface ? [surface.canvas, tag("div", { className: "lez10-side" }, ...plots, ...(several ? [] : [controls]))]
    : [tag("div", { className: "lez10-four" }, ...panels.map((panel, n) => tag("div", {}, plots[2 * n], plots[2 * n + 1])))];
  const inner = tag("div", { className: "lez10-body" },
    tag("div", { className: "lez10-stage" }, ...side), ...(scene.caption ? [tag("p", { textContent: scene.caption })] : []),
    ...(several ? [controls] : []),
    tag("div", { className: "lez10-numbers" }, table), live);
  const root = tag("div", { className: "lez10-explorer", role: "group", "aria-label": scene.titles[0],
    "data-prevent-swipe": "" }, inner);
  if (several) root.classList.add("lez10-several");
  if (scene.layout) root.classList.add(scene.layout);
  if (surface) surface.canvas.style.cssText = `--wide:${surface.x1 - surface.x0};--high:${surface.y1 - surface.y0}`;
  // Plain keys move a slider, not the slide or the notebook; Ctrl+S still saves.
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key !== "Escape" && event.key !== "Tab") event.stopPropagation();
  });
  el.replaceChildren(root);

  // ---- playing: never by itself
  let timer = 0;
  function run(on) {
    if (!on && timer) save("k");
    clearInterval(timer); timer = 0;
    const k = sliders.k.input, calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (on) {
      if (+k.value >= steps) k.value = 0;
      timer = setInterval(() => {
        if (+k.value < steps) k.value = +k.value + 1;
        if (+k.value >= steps) run(false);
        schedule(performance.now());
      }, Math.max(scene.pace ?? 0, calm ? CALM : PLAYING));
      schedule(performance.now());
    }
    play.textContent = on ? "❚❚ " + words.pause : "▶ " + words.play;
  }
  play.addEventListener("click", () => run(!timer));

  // ---- drawing
  const backgrounds = (surface ? model.get("backgrounds") : []).map((png) => {
    const image = new Image();
    image.onload = () => schedule(performance.now());
    image.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    return image;
  });

  let pending = false, stamp = 0, quiet = 0;
  function schedule(time) {
    stamp = time;
    if (!pending) { pending = true; requestAnimationFrame(draw); }
  }
  function draw() {
    pending = false;
    const [i, j, k] = ["i", "j", "k"].map((trait) => +(sliders[trait]?.input.value ?? 0)), settings = [];
    const [wide, high] = scene.family, member = Math.min(i, wide - 1) * high + Math.min(j, high - 1);
    // sizes are read before anything is written, or the page would be laid out twice
    const style = getComputedStyle(inner);
    const font = { size: Math.max(12, 0.9 * parseFloat(style.fontSize)), family: style.fontFamily };
    const planes = panels.map((panel) => panel.begin(font));
    if (surface) planes.push(surface.begin(font, backgrounds[member]));
    for (const { input, shown, values, letter } of Object.values(sliders)) {
      shown.textContent = values[input.value];
      input.setAttribute("aria-valuetext", shown.textContent);
      if (letter) settings.push(`${letter} = ${shown.textContent}`);
    }
    if (planes.includes(false)) return;
    const title = scene.titles[member];
    const said = [fill(words.scene, { title, k: axis.texts[k], steps: axis.texts[steps], settings: settings.join(", ") })];
    const shown = [];
    for (const { rule, row, status, cells, box } of rows) {
      const run = reader(codes, rule, i, j, steps), last = run.alive(k) - 1, diverged = last < k;
      const here = surface && run.vector("theta", last);
      const kind = diverged ? "diverged" : !surface || surface.has(here) ? "at" : "outside";
      const values = { ...run.words(last), rule: rule.label, k: axis.texts[Math.min(last + 1, steps)] };
      if (surface) [values.x, values.y] = [run.text("theta", last, 0), run.text("theta", last, 1)];
      status.textContent = kind === "at" ? "" : fill(words[kind], values);
      scene.columns.forEach(({ channel }, n) => {
        const numbers = !run.has(channel) || diverged ? [] : Array.from({ length: run.size(channel) }, (_, c) => run.text(channel, k, c));
        cells[n].textContent = numbers.join("\n");
      });
      row.classList.toggle("lez10-hidden", Boolean(box && !box.checked));
      if (box && !box.checked) continue;
      said.push(fill(words[kind === "at" ? "at" : kind + " sentence"], values));
      shown.push({ rule, run, kind, values, last });
    }
    if (surface) drawSurface(shown, k);
    for (const panel of panels) panel.draw(shown, k);
    surface?.canvas.setAttribute("aria-label", said.join(" "));
    const names = shown.map(({ rule }) => rule.label).join(", ");
    for (const panel of panels) panel.canvas.setAttribute("aria-label", `${panel.title}. ${surface ? names : said.join(" ")}.`);
    // told once the hand rests, not at every step
    clearTimeout(quiet);
    quiet = setTimeout(() => { if (!timer) live.textContent = said.join(" "); }, 700);
    el.dispatchEvent(new CustomEvent("lez10-drawn", { bubbles: true, detail: { input: stamp, drawn: performance.now() } }));
  }
  function drawSurface(shown, k) {
    const letters = [];
    for (const one of shown) {
      const points = Array.from({ length: one.last + 1 }, (_, n) => surface.at(...one.run.vector("theta", n)));
      surface.line(points, one.rule.colour, 1.8, one.rule.dash);
      surface.dots(points, one.rule.colour, 2);
      one.point = points[one.last];
    }
    const inside = shown.filter(({ kind }) => kind === "at");
    for (const { rule, run, point } of inside) for (const { channel, sign, reference, label, colour } of rule.arrows) {
      const [x, y] = run.vector(channel, k), dx = sign * x, dy = -sign * y, size = Math.hypot(dx, dy);
      const length = (REACH * surface.em * size) / (size + reference);
      if (length > 6) letters.push([label, surface.arrow(point, [dx / size, dy / size], length, colour), colour]);
    }
    // markers over arrows, and before all text, so that no label lies on one
    for (const { rule, point } of inside) surface.marker(point, rule, 13);
    for (const { rule, kind, values, point } of shown) {
      surface.label(kind === "at" ? rule.label : fill(words[kind + " label"], values), point, rule.colour, 1.2 * surface.em);
    }
    for (const [text, place, colour] of letters) surface.label(text, place, colour, 0);
  }

  // ---- what Python, or another view, changes: one slider, not all
  const pulls = Object.entries(sliders).map(([trait, { input }]) => [`change:${trait}`, () => {
    if (timer && trait === "k") return;
    input.value = model.get(trait); schedule(performance.now());
  }]);
  pulls.push(["change:hidden", () => {
    for (const { rule, box } of rows) if (box) box.checked = !model.get("hidden").includes(rule.name);
    schedule(performance.now());
  }]);
  for (const [event, pull] of pulls) model.on(event, pull);
  const sizes = new ResizeObserver(() => schedule(performance.now()));
  sizes.observe(root);
  run(false);
  return () => {
    clearInterval(timer); clearTimeout(quiet); sizes.disconnect();
    for (const { src } of backgrounds) URL.revokeObjectURL(src);
    for (const [event, pull] of pulls) model.off(event, pull);
  };
}
export default { render };
