// ---- the time-sequence graph ----

/// How a segment looks, by its code: colour, and in words.
const LOOKS = [
  ["blue", ""],
  ["orange", "sent again"],
  ["lost", "lost"],
  ["pink", "before its turn"],
  ["faint", "nothing new in it"],
  ["lost", "dropped"],
  ["green", "fills a gap"],
];

/// The time-sequence graph, as tcptrace draws it.
class Sequence extends Panel {
  get way() {
    return this.shows.story[this.shows.way];
  }
  range() {
    const { segments, acknowledged, edge } = this.way;
    const [first, end] = this.seen(segments.t);
    let [low, high] = [Infinity, -Infinity];
    const take = (from, to) => {
      if (from < low) low = from;
      if (to > high) high = to;
    };
    for (let i = first; i < end; i++) take(segments.s[i], segments.s[i] + segments.n[i]);
    for (const t of [this.axis.from, this.axis.to]) {
      const place = valueAt(acknowledged, t);
      take(place, place);
    }
    if (low > high) return [0, 1];
    // The window line belongs into the picture, unless it is so far away that nothing else would be seen.
    const room = Math.max(high - low, 1);
    const top = valueAt(edge, this.axis.to);
    if (top > high && top < high + room * 0.7) high = top;
    return [low - (high - low) * 0.04, high + (high - low) * 0.06];
  }

  paint(g) {
    const { segments, acknowledged, edge, sacked } = this.way;
    const until = this.shows.story.to;
    this.blocks(g, sacked);
    this.steps(g, edge, "faint", { width: 1.2, dash: [5, 4], until });
    this.steps(g, acknowledged, "green", { width: 1.5, until });
    const [first, end] = this.seen(segments.t);
    this.drawn += end - first;
    if (end - first > 4 * this.inner) this.columns(g, first, end);
    else for (let i = first; i < end; i++) if (segments.l[i] === 0) this.segment(g, i);
    // What is special lies above what isn't; where two would lie in one place, one does.
    const taken = new Set();
    for (let i = first; i < end; i++) {
      if (segments.l[i] === 0) continue;
      const place = `${Math.round(this.x(segments.t[i]) / 2)} ${Math.round(this.y(segments.s[i]) / 2)} ${segments.l[i]}`;
      if (taken.has(place)) continue;
      taken.add(place);
      this.segment(g, i);
    }
  }

  /// What the receiver reported: a bar for each block, when it did.
  blocks(g, { t, all }) {
    const [first, end] = this.seen(t);
    g.globalAlpha = 0.8;
    for (let i = first; i < end; i++) {
      const [at, start, length, twice] = all[i];
      const top = this.y(start + length);
      g.fillStyle = palette[twice ? "faint" : "green"];
      g.fillRect(this.x(at) - 1.5, top, 3, Math.max(this.y(start) - top, 1.5));
    }
    g.globalAlpha = 1;
  }

  /// Ordinary segments where many share a column of pixels: one bar for those that follow one another.
  columns(g, first, end) {
    const { t, s, n, l } = this.way.segments;
    let [column, low, high] = [-1, 0, 0];
    const flush = () => column >= 0 && g.fillRect(column, high, 1.5, Math.max(low - high, 1.5));
    g.fillStyle = palette.blue;
    for (let i = first; i < end; i++) {
      if (l[i] !== 0) continue;
      const [pixel, bottom, top] = [Math.floor(this.x(t[i])), this.y(s[i]), this.y(s[i] + n[i])];
      if (pixel === column && top <= low + 2 && bottom >= high - 2) {
        [low, high] = [Math.max(low, bottom), Math.min(high, top)];
      } else {
        flush();
        [column, low, high] = [pixel, bottom, top];
      }
    }
    flush();
  }

  /// One segment: a bar with ends, or a dot; a diamond if it was sent again, a cross if it was lost.
  segment(g, i) {
    const { t, s, n, l } = this.way.segments;
    const [x, bottom, top] = [this.x(t[i]), this.y(s[i]), this.y(s[i] + n[i])];
    const middle = (bottom + top) / 2;
    g.strokeStyle = g.fillStyle = palette[LOOKS[l[i]][0]];
    g.lineWidth = 1.5;
    if (bottom - top < 3) g.fillRect(x - 1.5, middle - 1.5, 3, 3);
    else {
      streak(g, x, bottom, x, top);
      for (const y of [bottom, top]) streak(g, x - 2.5, y, x + 2.5, y);
    }
    if (l[i] === 1) {
      g.beginPath();
      for (const [dx, dy] of [
        [0, -5],
        [5, 0],
        [0, 5],
        [-5, 0],
      ])
        g.lineTo(x + dx, middle + dy);
      g.closePath();
      g.stroke();
    }
    g.lineWidth = 2;
    if (l[i] === 2 || l[i] === 5) cross(g, x, middle);
  }

  /// The segment nearest to a point on the canvas; -1: none is near.
  near(x, y) {
    const { segments } = this.way;
    const [first, end] = [-12, 12].map((away) => above(segments.t, this.timeAt(x + away)));
    let best = -1;
    let least = 400;
    for (let i = first; i < end; i++) {
      const [bottom, top] = [this.y(segments.s[i]), this.y(segments.s[i] + segments.n[i])];
      const dx = this.x(segments.t[i]) - x;
      const dy = Math.max(Math.abs((bottom + top) / 2 - y) - (bottom - top) / 2, 0);
      const distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
  explain(x, y) {
    const i = this.near(x, y);
    return i < 0 ? null : this.words(i);
  }
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
    const x = this.x(segments.t[i]),
      top = this.y(segments.s[i] + segments.n[i]),
      bottom = this.y(segments.s[i]);
    g.strokeStyle = palette.mark;
    g.lineWidth = 2;
    g.strokeRect(x - 6, top - 5, 12, bottom - top + 10);
  }
}
