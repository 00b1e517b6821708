// ---- the plots ----

/// How a segment looks, by its code: colour, and in words.
const LOOKS = [
  ["blue", ""], ["orange", "sent again"], ["lost", "lost"], ["pink", "before its turn"],
  ["faint", "nothing new in it"], ["lost", "dropped"], ["green", "fills a gap"],
];
const LIMITS = {
  "congestion window": "blue", receiver: "pink", application: "line", "send buffer": "orange", pacing: "sky", "small segments": "green",
};
const RULES = { "slow start": "green", avoidance: "blue", "fast recovery": "orange", "after a timeout": "red", "reduced for a mark": "pink" };

/// Where the span is that holds at a time.
const spanAt = (spans, t) => spans.find(([from, to]) => from <= t && t < to);

/// States, phases, and what limits: three bars.
class Bars extends Panel {
  range() { return [0, 3]; }
  get rows() { const { story } = this.shows; return [["state", story.states], ["phase", story.rules], ["limit", story.limits]]; }
  paint(g) {
    const height = (this.height - TOP - BOTTOM) / 3;
    this.rows.forEach(([row, spans], index) => {
      const top = TOP + index * height;
      for (const [from, to, what] of spans) {
        if (to < this.axis.from || from > this.axis.to) continue;
        const left = Math.max(this.x(from), LEFT), right = Math.min(this.x(to), this.width - RIGHT);
        g.fillStyle = palette[Bars.colour(row, what)];
        g.globalAlpha = row === "state" ? 0.28 : 0.75;
        g.fillRect(left, top + 1, Math.max(right - left, 0.75), height - 3);
        g.globalAlpha = 1;
        this.drawn++;
        if (right - left > g.measureText(what).width + 8) {
          g.fillStyle = row === "state" || what === "application" ? palette.ink : palette.paper;
          g.textAlign = "left";
          g.fillText(what, left + 4, top + height / 2 + 3.5);
        }
      }
    });
  }
  frame(g) {
    super.frame(g);
    g.textAlign = "right";
    g.fillStyle = palette.faint;
    this.rows.forEach(([row], index) => g.fillText(row, LEFT - 6, TOP + (index + 0.5) * ((this.height - TOP - BOTTOM) / 3) + 4));
  }
  static colour(row, what) {
    if (row === "limit") return LIMITS[what] || "faint";
    if (row === "phase") return RULES[what] || "faint";
    return what === "ESTABLISHED" ? "green" : what.startsWith("SYN") ? "sky" : what === "CLOSED" || what === "LISTEN" ? "line" : "pink";
  }
  explain(x) {
    const t = this.timeAt(x);
    return this.rows.map(([row, spans]) => { const span = spanAt(spans, t); return span ? `${row}: ${span[2]}, for ${timeText(span[1] - span[0])}` : null; }).filter(Boolean).join("\n");
  }
}

/// The time-sequence graph, as tcptrace draws it.
class Sequence extends Panel {
  get way() { return this.shows.story[this.shows.way]; }
  range() {
    const { segments, acknowledged, edge } = this.way;
    const [first, end] = this.seen(segments.t);
    let low = Infinity, high = -Infinity;
    for (let i = first; i < end; i++) {
      if (segments.s[i] < low) low = segments.s[i];
      if (segments.s[i] + segments.n[i] > high) high = segments.s[i] + segments.n[i];
    }
    const before = valueAt(acknowledged, this.axis.from);
    if (before !== undefined) low = Math.min(low, before), high = Math.max(high, before);
    const after = valueAt(acknowledged, this.axis.to);
    if (after !== undefined) high = Math.max(high, after), low = Math.min(low, after);
    if (low > high) return [0, 1];
    // The window line belongs into the picture, unless it is so far away that nothing else would be seen.
    const room = Math.max(high - low, 1), top = valueAt(edge, this.axis.to);
    if (top > high && top < high + room * 0.7) high = top;
    return [low - (high - low) * 0.04, high + (high - low) * 0.06];
  }
  paint(g) {
    const { segments, acknowledged, edge, sacked } = this.way;
    const { to } = this.shows.story;
    const [firstSack, endSack] = this.seen(sacked.t);
    for (let i = firstSack; i < endSack; i++) {
      const [t, start, length, twice] = sacked.all[i];
      g.fillStyle = palette[twice ? "faint" : "green"];
      g.globalAlpha = 0.8;
      const top = this.y(start + length);
      g.fillRect(this.x(t) - 1.5, top, 3, Math.max(this.y(start) - top, 1.5));
      g.globalAlpha = 1;
    }
    this.steps(g, edge, "faint", { width: 1.2, dash: [5, 4], until: to });
    this.steps(g, acknowledged, "green", { width: 1.5, until: to });
    const [first, end] = this.seen(segments.t);
    const dense = end - first > 4 * this.inner;
    // Ordinary ones first, so that nothing covers what is special.
    for (const special of [false, true]) {
      let column = -1, low = 0, high = 0;
      const flush = () => { if (column >= 0) g.fillRect(column, high, 1.5, Math.max(low - high, 1.5)); };
      g.fillStyle = palette.blue;
      for (let i = first; i < end; i++) {
        const look = segments.l[i];
        if ((look !== 0) !== special) continue;
        const x = this.x(segments.t[i]), bottom = this.y(segments.s[i]), top = this.y(segments.s[i] + segments.n[i]);
        this.drawn++;
        if (!special && dense) {
          // One bar for each column of pixels, as long as its segments follow one another.
          const pixel = Math.floor(x);
          if (pixel === column && top <= low + 2 && bottom >= high - 2) { low = Math.max(low, bottom); high = Math.min(high, top); continue; }
          flush();
          [column, low, high] = [pixel, bottom, top];
        } else this.segment(g, x, bottom, top, look);
      }
      flush();
    }
  }
  segment(g, x, bottom, top, look) {
    g.strokeStyle = g.fillStyle = palette[LOOKS[look][0]];
    g.lineWidth = 2;
    const middle = (bottom + top) / 2;
    if (bottom - top < 3) g.fillRect(x - 1.5, middle - 1.5, 3, 3);
    else { g.beginPath(); g.moveTo(x, bottom); g.lineTo(x, top); g.moveTo(x - 2.5, top); g.lineTo(x + 2.5, top); g.moveTo(x - 2.5, bottom); g.lineTo(x + 2.5, bottom); g.lineWidth = 1.5; g.stroke(); }
    if (look === 2 || look === 5) { g.lineWidth = 2; g.beginPath(); g.moveTo(x - 4, middle - 4); g.lineTo(x + 4, middle + 4); g.moveTo(x - 4, middle + 4); g.lineTo(x + 4, middle - 4); g.stroke(); }
    if (look === 1) { g.lineWidth = 1.5; g.beginPath(); g.moveTo(x, middle - 5); g.lineTo(x + 5, middle); g.lineTo(x, middle + 5); g.lineTo(x - 5, middle); g.closePath(); g.stroke(); }
  }
  /// The segment nearest to a point on the canvas; -1: none is near.
  near(x, y) {
    const { segments } = this.way;
    const first = above(segments.t, this.timeAt(x - 12)), end = above(segments.t, this.timeAt(x + 12));
    let best = -1, least = 400;
    for (let i = first; i < end; i++) {
      const dx = this.x(segments.t[i]) - x, middle = this.y(segments.s[i] + segments.n[i] / 2);
      const half = (this.y(segments.s[i]) - this.y(segments.s[i] + segments.n[i])) / 2;
      const dy = Math.max(Math.abs(middle - y) - half, 0), distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
  explain(x, y) { const i = this.near(x, y); return i < 0 ? null : this.words(i); }
  words(i) {
    const { t, s, n, m, f, r, l, d } = this.way.segments;
    const name = m[i] > 1 ? `${m[i]} segments, ` : flagsOf(f[i]) ? flagsOf(f[i]) + ", " : "";
    const what = n[i] ? `${bytesText(n[i])} bytes from ${bytesText(s[i])}` : `no data, at ${bytesText(s[i])}`;
    const look = LOOKS[l[i]][1] || (r[i] ? "sent again" : "");
    const took = d[i] >= 0 ? `arrived after ${timeText(d[i])}` : d[i] === -1 ? "never arrived" : "";
    return [`${clock(t[i])}`, name + what, look, took].filter(Boolean).join("\n");
  }
  markIn(g, marked) {
    const { segments } = this.way;
    const i = segments.e.indexOf(marked.event);
    if (i < 0 || marked.event < 0) return;
    const x = this.x(segments.t[i]), top = this.y(segments.s[i] + segments.n[i]), bottom = this.y(segments.s[i]);
    g.strokeStyle = palette.mark; g.lineWidth = 2;
    g.strokeRect(x - 6, top - 5, 12, bottom - top + 10);
  }
}

/// Lines and points; `bands`: the phases lie behind.
class Lines extends Panel {
  constructor(options) { super(options); this.of = options.of; this.bands = options.bands; this.points = options.points; this.log = options.log; }
  range() {
    const lines = this.of().filter(([, , , far]) => !far).map(([line]) => line);
    if (this.points) lines.push(this.shows.story.trips);
    const [low, high] = this.extent(lines);
    // What may lie far above is in the picture if the rest stays legible.
    const far = this.of().filter(([, , , far]) => far).map(([line]) => this.extent([line])[1]).filter((top) => top < 3 * high);
    return [low, Math.max(high, ...far)];
  }
  paint(g) {
    const { story } = this.shows;
    if (this.bands) {
      g.globalAlpha = +palette.band;
      for (const [from, to, what] of story.rules) {
        if (to < this.axis.from || from > this.axis.to) continue;
        g.fillStyle = palette[RULES[what]];
        const left = Math.max(this.x(from), LEFT);
        g.fillRect(left, TOP, Math.max(Math.min(this.x(to), this.width - RIGHT) - left, 0.75), this.height - TOP - BOTTOM);
      }
      g.globalAlpha = 1;
    }
    if (this.points) {
      const { t, v } = story.trips;
      const [first, end] = this.seen(t);
      g.fillStyle = palette.blue;
      for (let i = first; i < end; i++, this.drawn++) g.fillRect(this.x(t[i]) - 1.25, this.y(v[i]) - 1.25, 2.5, 2.5);
    }
    for (const [line, colour, dash, far] of this.of()) this.steps(g, line, colour, { dash: dash || [], until: story.to, most: far ? this.high : Infinity });
  }
}

function plots(axis, shows, pick) {
  const lines = () => shows.story.lines;
  const at = (name, text) => (t) => text(valueAt(lines()[name], t));
  const of = (name) => () => lines()[name];
  const wayAt = (part, text) => (t) => text(valueAt(shows.story[shows.way][part], t));
  const common = { axis, shows, pick };
  const spanText = (spans) => (t) => spanAt(shows.story[spans], t)?.[2] || "-";
  const segmentAt = (t) => { const { segments } = shows.story[shows.way]; const i = above(segments.t, t) - 1; return i < 0 ? "-" : bytesText(segments.s[i]); };
  const tripAt = (t) => { const { trips } = shows.story; const i = above(trips.t, t) - 1; return i < 0 ? "-" : timeText(trips.v[i]); };
  return [
    new Bars({ ...common, name: "bars", title: "What goes on", height: 98,
      series: [["state", "faint", "", spanText("states")], ["phase", "faint", "", spanText("rules")], ["limited by", "faint", "", spanText("limits")]] }),
    new Sequence({ ...common, name: "sequence", title: "Time and sequence", height: 340, text: sizeText,
      series: [["segments", "blue", "", segmentAt], ["sent again", "orange", "dot"], ["lost", "lost", "dot"], ["SACKed", "green", "block"],
        ["acknowledged", "green", "", wayAt("acknowledged", bytesText)], ["window", "faint", "dashed", wayAt("edge", bytesText)]] }),
    new Lines({ ...common, name: "windows", title: "Windows", height: 200, text: sizeText, bands: true,
      of: () => [[of("window")(), "faint", [5, 4], true], [of("ssthresh")(), "pink", [8, 3, 2, 3], true], [of("pipe")(), "orange"], [of("cwnd")(), "blue"]],
      series: [["cwnd", "blue", "", at("cwnd", bytesText)], ["ssthresh", "pink", "dashed", at("ssthresh", bytesText)], ["in flight", "orange", "", at("pipe", bytesText)], ["peer's window", "faint", "dashed", at("window", bytesText)]] }),
    new Lines({ ...common, name: "trips", title: "Round trips", height: 170, text: timeText, points: true, log: true,
      of: () => [[of("rto")(), "red", [5, 4]], [of("srtt")(), "orange"]],
      series: [["samples", "blue", "dot", tripAt], ["SRTT", "orange", "", at("srtt", timeText)], ["RTO", "red", "dashed", at("rto", timeText)]] }),
    new Lines({ ...common, name: "rates", title: "Rates", height: 170, text: rateText,
      of: () => [[of("pacing")(), "pink", [5, 4]], [of("receiving")(), "green"], [of("delivery")(), "blue"]],
      series: [["delivery", "blue", "", at("delivery", rateText)], ["receiving", "green", "", at("receiving", rateText)], ["pacing", "pink", "dashed", at("pacing", rateText)]] }),
  ];
}
