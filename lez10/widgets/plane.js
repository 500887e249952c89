// Paper to draw on: two axes, lines, markers, arrows and labels. It stands in front of
// explorer.js in one module, so that a static page has one thing to import.

function tag(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// The part of a segment inside a box, or null: dashing a line to a point far away
// would take the browser seconds.
function clip(a, b, [left, top, right, bottom]) {
  const dx = b[0] - a[0], dy = b[1] - a[1];
  let from = 0, to = 1;
  for (const [p, q] of [[-dx, a[0] - left], [dx, right - a[0]],
                        [-dy, a[1] - top], [dy, bottom - a[1]]]) {
    if (p === 0 && q < 0) return null;
    if (p < 0) from = Math.max(from, q / p);
    if (p > 0) to = Math.min(to, q / p);
  }
  const at = (t) => [a[0] + t * dx, a[1] + t * dy];
  return from > to ? null : [from > 0 ? at(from) : a, to < 1 ? at(to) : b];
}

// A canvas with two axes and what is drawn on it. `even`: one scale for both.
class Plane {
  constructor(scene, [x0, x1, y0, y1], ticks, names, even) {
    Object.assign(this, { scene, x0, x1, y0, y1, ticks, names, even });
    this.canvas = tag("canvas", { role: "img" });
    this.ctx = this.canvas.getContext("2d");
  }
  begin(font, background) {
    const { canvas, ctx, scene } = this, w = canvas.clientWidth, h = canvas.clientHeight;
    if (!w || !h) return false; // on a slide that is not shown
    const ratio = Math.max(2, window.devicePixelRatio || 1); // slides are enlarged
    for (const [side, size] of [["width", w], ["height", h]]) {
      if (canvas[side] !== Math.round(size * ratio)) canvas[side] = Math.round(size * ratio);
    }
    const { above = 0.6, below = 1.7, before = 2.6 } = this; // em of room beside the frame
    const em = this.em = font.size, left = before * em, top = above * em;
    let wide = w - left - 0.8 * em, high = h - top - below * em;
    if (this.even) {
      const scale = Math.min(wide / (this.x1 - this.x0), high / (this.y1 - this.y0));
      wide = scale * (this.x1 - this.x0); high = scale * (this.y1 - this.y0);
    }
    this.rect = [left, top, left + wide, top + high];
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = scene.paper; ctx.fillRect(0, 0, w, h);
    if (background?.naturalWidth) ctx.drawImage(background, left, top, wide, high);
    ctx.fillStyle = ctx.strokeStyle = scene.ink; ctx.lineWidth = 1;
    ctx.strokeRect(left, top, wide, high);
    ctx.font = `${em}px ${font.family}`; ctx.textBaseline = "middle";
    const [bottom, [xs, ys]] = [top + high + 0.9 * em, this.ticks];
    ctx.textAlign = "center";
    for (const [x, text] of [...xs, [this.x1, this.names[0]]]) ctx.fillText(text, this.at(x, 0)[0], bottom);
    ctx.textAlign = "right";
    for (const [y, text] of [...ys, [this.y1, this.names[1]]]) ctx.fillText(text, left - 0.3 * em, this.at(0, y)[1]);
    ctx.font = `600 ${em}px ${font.family}`;
    this.taken = []; // where text and markers are
    return true;
  }
  at(x, y) {
    const [left, top, right, bottom] = this.rect;
    return [left + ((x - this.x0) / (this.x1 - this.x0)) * (right - left),
            bottom - ((y - this.y0) / (this.y1 - this.y0)) * (bottom - top)];
  }
  has([x, y]) { return x >= this.x0 && x <= this.x1 && y >= this.y0 && y <= this.y1; }
  line(points, colour, width, dash = []) {
    const { ctx } = this;
    ctx.strokeStyle = colour; ctx.lineWidth = width; ctx.lineJoin = "round";
    ctx.setLineDash(dash); ctx.beginPath();
    let end = null;
    for (let n = 1; n < points.length; n++) {
      const part = clip(points[n - 1], points[n], this.rect);
      if (part && part[0] !== end) ctx.moveTo(...part[0]); // else the line goes on
      if (part) ctx.lineTo(...part[1]);
      end = part?.[1];
    }
    ctx.stroke(); ctx.setLineDash([]);
  }
  dots(points, colour, radius) {
    const { ctx, rect: [left, top, right, bottom] } = this;
    ctx.fillStyle = colour; ctx.beginPath();
    for (const [x, y] of points) {
      if (x >= left && x <= right && y >= top && y <= bottom) { ctx.moveTo(x, y); ctx.arc(x, y, radius, 0, 7); }
    }
    ctx.fill();
  }
  marker([x, y], rule, size, hollow = false) {
    const { ctx } = this;
    ctx.beginPath();
    for (const polygon of rule.marker) {
      polygon.forEach(([u, v], n) => ctx[n ? "lineTo" : "moveTo"](x + u * size, y - v * size));
      ctx.closePath();
    }
    const [edge, fill] = hollow ? [rule.colour, this.scene.paper] : [this.scene.paper, rule.colour];
    ctx.strokeStyle = edge; ctx.lineWidth = 3; ctx.lineJoin = "round"; ctx.stroke();
    ctx.fillStyle = fill; ctx.fill();
    this.taken.push([x - size / 2, y - size / 2, x + size / 2, y + size / 2]);
  }
  // A vector from the edge of the marker at a point; returns where its letter belongs.
  arrow([x, y], [dx, dy], length, colour, edge = 7) {
    const { ctx } = this, head = Math.min(10, length), from = [x + edge * dx, y + edge * dy];
    const tip = [from[0] + dx * length, from[1] + dy * length];
    const neck = [tip[0] - dx * head * 0.8, tip[1] - dy * head * 0.8];
    for (const [ink, width] of [[this.scene.paper, 5], [colour, 2.5]]) this.line([from, neck], ink, width);
    ctx.fillStyle = colour; ctx.beginPath(); ctx.moveTo(...tip);
    for (const side of [0.45, -0.45]) ctx.lineTo(tip[0] - head * (dx - side * dy), tip[1] - head * (dy + side * dx));
    ctx.fill();
    return [tip[0] + dx * 0.6 * this.em, tip[1] + dy * 0.6 * this.em];
  }
  // Text beside a point, at the first place that is free and inside the frame. Given
  // points to keep clear of, there is no text where it would lie on one or far away.
  label(text, [x, y], colour, gap, clear = null) {
    const { ctx, em, taken } = this, w = ctx.measureText(text).width, h = 1.15 * em;
    const [left, top, right, bottom] = this.rect;
    const inside = (v, low, high) => Math.max(low + 3, Math.min(high - 3, v));
    const places = [];
    for (const far of clear ? [0] : [0, 1, 2, 3]) {
      const up = gap * 0.6 + far * h;
      for (const v of [y - up - h, y + up]) for (const u of [x + gap * 0.6, x - gap * 0.6 - w, x - w / 2]) {
        const a = inside(u, left, right - w), b = inside(v, top, bottom - h);
        places.push([a, b, a + w, b + h]);
      }
    }
    const free = (p) => taken.every((q) => p[2] < q[0] || p[0] > q[2] || p[3] < q[1] || p[1] > q[3])
      && !clear?.some(([u, v]) => u > p[0] - 3 && u < p[2] + 3 && v > p[1] && v < p[3]);
    const place = places.find(free) ?? (clear ? null : places[0]);
    if (!place) return;
    taken.push(place);
    ctx.textAlign = "left"; ctx.lineWidth = 4; ctx.strokeStyle = this.scene.paper; ctx.lineJoin = "round";
    ctx.strokeText(text, place[0], place[1] + h / 2);
    ctx.fillStyle = colour; ctx.fillText(text, place[0], place[1] + h / 2);
  }
}
