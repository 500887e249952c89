// Draws runs that Python computed. No gradient, update rule or objective lives here:
// every number comes out of a buffer, and every word, colour and marker out of `scene`.


const PLAYING = 50, CALM = 250; // ms per step; the second where less motion is wanted
const LIMIT = 65504; // the largest code: such a number is at least that large
const REACH = 6; // em, the longest arrow

// Browsers without Float16Array get the same numbers, decoded once.
function halves(view) {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  if (globalThis.Float16Array) return new Float16Array(bytes);
  return Float32Array.from(new Uint16Array(bytes), (h) => {
    const sign = h & 0x8000 ? -1 : 1, e = (h >> 10) & 31, m = h & 1023;
    if (e === 31) return m ? NaN : sign * Infinity;
    return e ? sign * (1 + m / 1024) * 2 ** (e - 15) : sign * m * 2 ** -24;
  });
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Three digits, which is what the buffers hold.
function digits(x) {
  const size = Math.abs(x);
  const text = !Number.isFinite(x) ? "" : x === 0 ? "0"
    : size < 1e-3 || size >= 1e4 ? x.toExponential(1)
    : size >= 1e3 ? x.toFixed(0) : x.toPrecision(3);
  return text.replaceAll("-", "−");
}

function render({ model, el }) {
  const scene = model.get("scene"), { words, steps, loss } = scene, codes = halves(model.get("runs"));
  const [x0, x1, y0, y1] = scene.window;
  const surface = new Plane(scene, scene.window, scene.ticks, scene.axes, true);
  const curve = new Plane(scene, [0, steps, loss.low, loss.high], [scene.stepTicks, loss.ticks], ["k", ""], false);

  // ---- the controls
  const sliders = {}, sign = {};
  const controls = tag("div", { className: "lez10-controls" });
  const play = tag("button", { type: "button", title: words["play steps"] });
  for (const { trait, label, values, sign: letter } of [...scene.sliders, { trait: "k", label: words.k }]) {
    const input = tag("input", { type: "range", min: 0, max: values ? values.length - 1 : steps, step: 1 });
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
  table.append(tag("thead", {},
    tag("tr", {}, tag("td"), tag("td"), ...groups.map(([key, columns]) =>
      tag("th", { colSpan: columns.length, scope: "colgroup", textContent: words[key] }))),
    tag("tr", {}, tag("td"), tag("td"), ...scene.columns.map((column) =>
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
    const row = tag("tr", {}, tag("th", { scope: "row" }, name, status), tag("td", { textContent: scene.axes.join("\n") }), ...cells);
    body.append(row);
    return { rule, row, box, status, cells };
  });

  const live = tag("div", { className: "lez10-live", role: "status" });
  const side = tag("div", { className: "lez10-side" },
    tag("div", { textContent: words["loss axis"] }), curve.canvas, controls);
  const inner = tag("div", { className: "lez10-body" },
    tag("div", { className: "lez10-stage" }, surface.canvas, side),
    tag("div", { className: "lez10-numbers" }, table), live);
  const root = tag("div", { className: "lez10-explorer", role: "group", "aria-label": scene.title,
    "data-prevent-swipe": "" }, inner);
  surface.canvas.style.cssText = `--wide:${x1 - x0};--high:${y1 - y0}`;
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
      }, calm ? CALM : PLAYING);
      schedule(performance.now());
    }
    play.textContent = on ? "❚❚ " + words.pause : "▶ " + words.play;
  }
  play.addEventListener("click", () => run(!timer));

  // ---- drawing
  const background = new Image();
  const url = URL.createObjectURL(new Blob([model.get("background")], { type: "image/png" }));
  background.onload = () => schedule(performance.now());
  background.src = url;

  function reader(rule, i, j) {
    const [wide, high] = rule.shape, setting = Math.min(i, wide - 1) * high + Math.min(j, high - 1);
    const code = ({ first, size }, k, c) => codes[first + (setting * (steps + 1) + k) * size + c];
    return {
      has: (name) => name in rule.channels,
      size: (name) => rule.channels[name].size,
      number(name, k, c = 0) {
        const channel = rule.channels[name];
        return channel.zero[c] + channel.unit[c] * code(channel, k, c) ** channel.power;
      },
      text(name, k, c = 0) {
        const channel = rule.channels[name];
        return (Math.abs(code(channel, k, c)) >= LIMIT ? "≥ " : "") + digits(this.number(name, k, c));
      },
    };
  }

  let pending = false, stamp = 0, quiet = 0;
  function schedule(time) {
    stamp = time;
    if (!pending) { pending = true; requestAnimationFrame(draw); }
  }
  function draw() {
    pending = false;
    const [i, j, k] = ["i", "j", "k"].map((trait) => +(sliders[trait]?.input.value ?? 0)), settings = [];
    for (const { input, shown, values, letter } of Object.values(sliders)) {
      shown.textContent = values ? values[input.value] : input.value;
      input.setAttribute("aria-valuetext", shown.textContent);
      if (letter) settings.push(`${letter} = ${shown.textContent}`);
    }
    const style = getComputedStyle(inner);
    const font = { size: Math.max(12, 0.9 * parseFloat(style.fontSize)), family: style.fontFamily };
    if (!surface.begin(font, background) | !curve.begin(font)) return;
    const said = [fill(words.scene, { title: scene.title, k, steps, settings: settings.join(", ") })];
    const heads = [], drawn = rows.filter(({ box }) => !box || box.checked);
    for (const { rule, row, status, cells, box } of rows) {
      const run = reader(rule, i, j), points = [], fallen = [];
      for (let n = 0; n <= k; n++) {
        const x = run.number("theta", n, 0), y = run.number("theta", n, 1);
        if (Number.isNaN(x)) break;
        points.push(surface.at(x, y));
        fallen.push(curve.at(n, Math.max(loss.low - 9, Math.log10(run.number("loss", n)))));
      }
      const last = points.length - 1, diverged = last < k;
      const here = [run.number("theta", last, 0), run.number("theta", last, 1)];
      const kind = diverged ? "diverged" : surface.has(here) ? "at" : "outside";
      const values = { rule: rule.label, k: last + 1, x: run.text("theta", last, 0), y: run.text("theta", last, 1), loss: run.text("loss", last) };
      status.textContent = kind === "at" ? "" : fill(words[kind], values);
      scene.columns.forEach(({ channel }, n) => {
        const parts = !run.has(channel) || diverged ? [] : Array.from({ length: run.size(channel) }, (_, c) => run.text(channel, k, c));
        cells[n].textContent = parts.join("\n");
      });
      row.classList.toggle("lez10-hidden", Boolean(box && !box.checked));
      if (box && !box.checked) continue;
      said.push(fill(words[kind === "at" ? "at" : kind + " sentence"], values));
      surface.line(points, rule.colour, 1.8, rule.dash);
      surface.dots(points, rule.colour, 2);
      curve.line(fallen, rule.colour, 1.8, rule.dash);
      heads.push({ rule, run, kind, values, fallen, point: points[last], low: fallen[last] });
    }
    const letters = [];
    for (const { rule, run, kind, point } of heads) if (kind === "at") for (const { channel, sign, reference, label, colour } of rule.arrows) {
      const dx = sign * run.number(channel, k, 0), dy = -sign * run.number(channel, k, 1), size = Math.hypot(dx, dy);
      const length = (REACH * surface.em * size) / (size + reference);
      if (length > 6) letters.push([label, surface.arrow(point, [dx / size, dy / size], length, colour), colour]);
    }
    const [, top, , bottom] = curve.rect, within = ([x, y]) => [x, Math.min(bottom, Math.max(top, y))];
    // markers over arrows, and before all text, so that no label lies on one
    for (const { rule, kind, point, low } of heads) {
      if (kind === "at") surface.marker(point, rule, 13);
      curve.marker(within(low), rule, 11);
    }
    // names on the small curves where there is room; the markers tell in any case
    // from the top, so that the upper curve's name is the upper one
    const falling = heads.length > 1 && heads.length < 4 ? [...heads].sort((a, b) => a.low[1] - b.low[1]) : [];
    for (const { rule, low } of falling) {
      curve.label(rule.label, within(low), rule.colour, 0.9 * curve.em, heads.flatMap(({ fallen }) => fallen));
    }
    for (const { rule, kind, values, point } of heads) {
      surface.label(kind === "at" ? rule.label : fill(words[kind + " label"], values), point, rule.colour, 1.2 * surface.em);
    }
    for (const [text, place, colour] of letters) surface.label(text, place, colour, 0);
    surface.canvas.setAttribute("aria-label", said.join(" "));
    curve.canvas.setAttribute("aria-label", `${words["loss axis"]}. ${drawn.map(({ rule }) => rule.label).join(", ")}.`);
    // told once the hand rests, not at every step
    clearTimeout(quiet);
    quiet = setTimeout(() => { if (!timer) live.textContent = said.join(" "); }, 700);
    el.dispatchEvent(new CustomEvent("lez10-drawn", { bubbles: true, detail: { input: stamp, drawn: performance.now() } }));
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
    clearInterval(timer); clearTimeout(quiet); sizes.disconnect(); URL.revokeObjectURL(url);
    for (const [event, pull] of pulls) model.off(event, pull);
  };
}
export default { render };
