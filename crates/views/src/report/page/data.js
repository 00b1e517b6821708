// ---- data: columns back to numbers, and how to find things in them ----

/// Differences back to values.
function sums(differences) {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < differences.length; i++) values[i] = sum += differences[i];
  return values;
}

/// The first index whose value is above `x`: how many values are not.
function above(values, x) {
  let low = 0,
    high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/// The index of the value nearest to x; -1 of none.
function nearest(values, x) {
  const behind = above(values, x);
  if (behind === 0) return values.length ? 0 : -1;
  if (behind === values.length) return behind - 1;
  return x - values[behind - 1] <= values[behind] - x ? behind - 1 : behind;
}

const line = ({ t, v }) => ({ t: sums(t), v });

/// The value that a line holds at a time; undefined before it begins, null where it has none.
function valueAt(line, t) {
  const behind = above(line.t, t);
  return behind ? line.v[behind - 1] : undefined;
}

function direction({ segments, acknowledged, edge, sacked }) {
  const { t, s, n, m, f, a, r, l, d, e } = segments;
  return {
    segments: { t: sums(t), s: sums(s), n, m, f, a: sums(a), r, l, d, e },
    acknowledged: line(acknowledged),
    edge: line(edge),
    sacked: { t: Float64Array.from(sacked, (block) => block[0]), all: sacked },
  };
}

/// Spans as [from, to, what holds].
function spans({ t, d, k, names }) {
  const from = sums(t);
  return { t: from, all: d.map((took, i) => [from[i], from[i] + took, names[k[i]]]) };
}

function story(data) {
  const lines = {};
  for (const name in data.lines) lines[name] = line(data.lines[name]);
  return {
    ...data,
    lines,
    out: direction(data.out),
    in: direction(data.in),
    trips: line(data.trips),
    states: spans(data.states),
    rules: spans(data.rules),
    limits: spans(data.limits),
    events: { ...data.events, t: sums(data.events.t) },
  };
}

const FLAGS = [
  [2, "SYN"],
  [1, "FIN"],
  [4, "RST"],
  [32, "URG"],
];
const flagsOf = (bits) =>
  FLAGS.filter(([bit]) => bits & bit)
    .map(([, name]) => name)
    .join(", ");

// ---- words ----

const digits = (value) => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
function inUnits(value, units) {
  if (value === null || value === undefined) return "-";
  for (const [size, name] of units)
    if (Math.abs(value) >= size) return (value / size).toFixed(digits(value / size)) + " " + name;
  return value ? value.toFixed(0) + " " + units[units.length - 1][1] : "0";
}
const timeText = (ns) =>
  inUnits(ns, [
    [1e9, "s"],
    [1e6, "ms"],
    [1e3, "us"],
    [1, "ns"],
  ]);
const bytesText = (bytes) =>
  bytes === null || bytes === undefined ? "-" : Math.round(bytes).toLocaleString("en").replaceAll(",", "\u2009");
const rateText = (rate) =>
  inUnits(rate, [
    [1e9, "GB/s"],
    [1e6, "MB/s"],
    [1e3, "kB/s"],
    [1, "B/s"],
  ]);
const sizeText = (bytes) =>
  inUnits(bytes, [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
    [1, "B"],
  ]);
/// A time on the axis, in seconds, to the microsecond.
const clock = (ns) => (ns / 1e9).toFixed(6) + " s";
