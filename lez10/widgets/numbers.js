// Numbers out of the buffer, and how they are written.

const LIMIT = 65504; // the largest code: such a number is at least that large

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
  const text = x === Infinity ? "∞" : !Number.isFinite(x) ? "" : x === 0 ? "0"
    : size < 1e-3 || size >= 1e4 ? x.toExponential(1)
    : size >= 1e3 ? x.toFixed(0) : x.toPrecision(3);
  return text.replaceAll("-", "−");
}

// The channels of one rule at one setting; `last` is the table's last step.
function reader(codes, rule, i, j, last) {
  const [wide, high] = rule.shape, setting = Math.min(i, wide - 1) * high + Math.min(j, high - 1);
  const code = ({ first, size }, k, c) => codes[first + (setting * (last + 1) + k) * size + c];
  const names = Object.keys(rule.channels);
  return {
    has: (name) => name in rule.channels,
    size: (name) => rule.channels[name].size,
    number(name, k, c = 0) {
      const channel = rule.channels[name];
      return channel.zero[c] + channel.unit[c] * code(channel, k, c) ** channel.power;
    },
    vector(name, k) { return [this.number(name, k, 0), this.number(name, k, 1)]; },
    text(name, k, c = 0) {
      const channel = rule.channels[name];
      if (channel.whole) return String(this.number(name, k, c));
      return (Math.abs(code(channel, k, c)) === LIMIT ? "≥ " : "") + digits(this.number(name, k, c));
    },
    // one past the last step up to k at which there is a number
    alive(k) {
      let n = k;
      while (n >= 0 && Number.isNaN(this.number(names[0], n))) n--;
      return n + 1;
    },
    // the first number of every channel, for a sentence
    words(k) { return Object.fromEntries(names.map((name) => [name, this.text(name, k)])); },
  };
}
