// The small plots beside, or instead of, the picture of a surface.

// Sizes of one channel over the steps, on a log axis; a second component is dotted.
class Curves extends Plane {
  constructor(scene, { channel, title, low, high, ticks }) {
    const { axis } = scene;
    super(scene, [axis.low, axis.high, low, high], [axis.ticks, ticks], ["k", ""], false);
    Object.assign(this, { channel, title, places: axis.places });
  }
  draw(shown, k) {
    const has = shown.filter(({ run }) => run.has(this.channel)), ends = [];
    for (const { rule, run, last } of has) for (let c = 0; c < run.size(this.channel); c++) {
      const points = [];
      for (let n = 0; n <= last; n++) {
        const size = Math.abs(run.number(this.channel, n, c));
        points.push(this.at(this.places[n], Math.max(this.y0 - 9, Math.log10(size))));
      }
      this.line(points, rule.colour, c ? 1.4 : 1.8, c ? [1.5, 2.5] : rule.dash);
      if (points.length) ends.push({ rule, c, points, end: points.at(-1) });
    }
    const [, top, , bottom] = this.rect;
    for (const { rule, c, end } of ends) {
      if (!c) this.marker([end[0], Math.min(bottom, Math.max(top, end[1]))], rule, 11);
    }
    // names where there is room, from the top, so that the upper curve's name is the
    // upper one; the markers tell in any case
    const named = shown.length > 1 && shown.length < 4 ? ends.filter(({ c }) => !c) : [];
    for (const { rule, end } of named.sort((a, b) => a.end[1] - b.end[1])) {
      this.label(rule.label, end, rule.colour, 0.9 * this.em, ends.flatMap(({ points }) => points));
    }
  }
}

// The next step of two methods from the same point, enlarged: the momentum step, then
// from its tip the gradient step of either, and in thin lines where they end up.
class HeadToTail extends Plane {
  constructor(scene, { title, pair, push }) {
    super(scene, [-1, 1, -1, 1], [[], []], ["", ""], false);
    Object.assign(this, { title, pair, push });
    this.canvas.className = "lez10-tall";
  }
  draw(shown, k) {
    const from = shown.find(({ run, last }) => run.has("push") && last === k);
    if (!from) return;
    const { run } = from, [px, py] = run.vector("push", k);
    const ends = this.pair.map(({ channel }) => {
      const [x, y] = run.vector(channel, k);
      return [px + x, py + y];
    });
    // the four points in the middle of the plot, as large as there is room
    const xs = [0, px, ...ends.map(([x]) => x)], ys = [0, py, ...ends.map(([, y]) => y)];
    const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
    const [left, top, right, bottom] = this.rect, [cx, cy] = [middle(xs), middle(ys)];
    const room = [right - left - 5 * this.em, bottom - top - 3 * this.em];
    const spread = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    const scale = Math.min(room[0] / spread[0], room[1] / spread[1]);
    if (!Number.isFinite(scale)) return;
    const at = ([x, y]) => [(left + right) / 2 + (x - cx) * scale, (top + bottom) / 2 - (y - cy) * scale];
    const tip = at([px, py]);
    for (const [n, { colour }] of this.pair.entries()) this.line([at([0, 0]), at(ends[n])], colour, 1, [2, 3]);
    this.straight(at([0, 0]), tip, this.push.colour);
    for (const [n, { colour }] of this.pair.entries()) this.straight(tip, at(ends[n]), colour);
    this.marker(at([0, 0]), from.rule, 11);
    this.label(this.push.label, at([px / 2, py / 2]), this.push.colour, 0.9 * this.em);
    for (const [n, { label, colour }] of this.pair.entries()) this.label(label, at(ends[n]), colour, 0.9 * this.em);
    const { ctx, em } = this, length = 10 ** Math.floor(Math.log10((right - left) / 2 / scale));
    this.line([[left + em, bottom - em / 2], [left + em + length * scale, bottom - em / 2]], this.scene.ink, 2);
    ctx.fillStyle = this.scene.ink; ctx.textAlign = "left";
    ctx.fillText(digits(length), left + 1.5 * em + length * scale, bottom - em / 2);
  }
  // An arrow between two points of the canvas.
  straight(from, to, colour) {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]], size = Math.hypot(dx, dy);
    if (size > 1) this.arrow(from, [dx / size, dy / size], size, colour, 0);
  }
}

// Where each algorithm stands, above its name: a dot on a bar, and below a number. What
// lies above the axis has a mark on top, and its dot is hollow.
class Dots extends Plane {
  constructor(scene, { title, number, low, high, log, ticks, marks }) {
    super(scene, [-0.6, scene.rules.length - 0.4, low, high], [[], ticks], ["", ""], false);
    Object.assign(this, { title, number, marks, place: log ? Math.log10 : Number, above: 1.8, below: 9,
      before: 0.8 + 0.62 * Math.max(...ticks.map(([, text]) => text.length)) });
  }
  draw(shown, k) {
    const { ctx, em, scene, number, y0, y1, rect: [left, top, right, bottom] } = this;
    const up = (value) => Math.min(y1, Math.max(y0, this.place(value)));
    const median = ({ run }) => run.number(`median${number}`, k);
    const best = Math.min(...shown.map(median));
    if (this.place(best) <= y1) this.line([[left, this.at(0, up(best))[1]], [right, this.at(0, up(best))[1]]], scene.ink, 1, [4, 3]);
    for (const one of shown) {
      const { rule, run } = one, x = scene.rules.indexOf(rule), [low, high] = run.vector(`range${number}`, k);
      this.line([this.at(x, up(low)), this.at(x, up(high))], rule.colour, 2.2);
      const hollow = this.place(median(one)) > y1;
      this.marker(this.at(x, up(median(one))), rule, 11, hollow);
      ctx.fillStyle = rule.colour; ctx.textAlign = "center";
      const [middle] = this.at(x, 0);
      ctx.fillText(run.text(`best${number}`, k), middle, bottom + 0.9 * em);
      if (this.place(high) > y1) ctx.fillText(this.marks[high < Infinity ? 0 : 1], middle, top - (hollow ? 1.2 : 0.7) * em);
    }
    for (const [x, rule] of scene.rules.entries()) this.name(rule, this.at(x, 0)[0], bottom + 1.8 * em);
  }
  // A name that ends at a place and is read upwards; a long one has two lines.
  name({ label, colour }, x, y) {
    const { ctx, em } = this, lines = label.replace(" + ", " +\n").split("\n");
    ctx.save();
    ctx.translate(x, y); ctx.rotate(-Math.PI / 2);
    ctx.fillStyle = colour; ctx.textAlign = "right";
    for (const [n, text] of lines.entries()) ctx.fillText(text, 0, (n - (lines.length - 1) / 2) * 0.85 * em);
    ctx.restore();
  }
}
