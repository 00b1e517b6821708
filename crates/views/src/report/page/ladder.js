// ---- the ladder: both ends, time downwards, segments as slanted lines ----

class Ladder {
  constructor(axis, shows, pick) {
    Object.assign(this, { axis, shows, name: "ladder", drawn: 0, height: 620 });
    this.ends = [make("b"), make("b")];
    this.under = make("canvas");
    this.over = make("canvas");
    this.over.setAttribute("aria-label", "Ladder");
    this.box = make("div", { className: "canvas" }, this.under, this.over);
    this.box.style.height = this.height + "px";
    const head = make(
      "div",
      { className: "head" },
      make("h2", { textContent: "Ladder" }),
      make("span", {
        className: "empty",
        textContent: "both ends, time downwards: what the other plots show, and no more; labels appear as you zoom in",
      }),
    );
    this.element = make("section", { className: "panel" }, head, this.box);
    this.element.dataset.panel = "ladder";
    const timeAt = (event) => this.timeAt(event.clientY - this.over.getBoundingClientRect().top);
    navigate(
      this.over,
      axis,
      timeAt,
      () => this.height,
      (event) => pick(this, event),
      () => {},
    );
    // Here the wheel moves along time, which goes down, as a page does.
    this.over.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        const { from } = axis;
        axis.pan((event.deltaY / this.height) * axis.width);
        if (axis.from !== from) event.preventDefault();
      },
      { passive: false },
    );
  }
  get pair() {
    return this.shows.pair;
  }
  timeAt(y) {
    return this.axis.from + ((y - 26) / (this.height - 34)) * this.axis.width;
  }
  y(t) {
    return 26 + ((t - this.axis.from) / this.axis.width) * (this.height - 34);
  }

  fit() {
    this.element.hidden = !this.pair;
    this.width = this.box.clientWidth;
    for (const canvas of [this.under, this.over]) sharpen(canvas, this.width, this.height);
  }

  /// Segments of one end whose line crosses what can be seen.
  visible({ t, d }) {
    // A segment may have left before what can be seen: long enough for any that is still under way.
    let longest = 0;
    for (let i = 0, step = Math.max(1, d.length >> 12); i < d.length; i += step) longest = Math.max(longest, d[i]);
    return [above(t, this.axis.from - 2 * longest), above(t, this.axis.to)];
  }

  draw() {
    if (!this.pair || !this.width) return;
    const g = this.under.getContext("2d");
    g.clearRect(0, 0, this.width, this.height);
    const { left, right } = this;
    g.font = "12px system-ui, sans-serif";
    g.fillStyle = palette.faint;
    g.strokeStyle = palette.grid;
    const { step, found } = ticks(this.axis.from, this.axis.to, 12);
    g.textAlign = "right";
    for (const t of found) {
      const y = Math.round(this.y(t)) + 0.5;
      if (y < 26) continue;
      streak(g, left, y, right, y);
      g.fillText(tickText(t, step), left - 8, y + 4);
    }
    g.strokeStyle = palette.ink;
    g.lineWidth = 1.5;
    for (const x of [left, right]) {
      streak(g, x, 20, x, this.height);
    }
    g.fillStyle = palette.ink;
    g.textAlign = "left";
    g.fillText(this.pair[0].source, left - 20, 13);
    g.textAlign = "right";
    g.fillText(this.pair[1].source, Math.min(right + 20, this.width - 2), 13);
    this.drawn = 0;
    this.lines = [];
    g.save();
    g.beginPath();
    g.rect(0, 22, this.width, this.height - 22);
    g.clip();
    this.pair.forEach((story, end) => this.arrows(g, story, end === 0 ? left : right, end === 0 ? right : left));
    g.restore();
    this.drawOver();
  }

  /// Where the two ends' lines stand.
  get left() {
    return this.width < 560 ? 58 : 92;
  }
  get right() {
    return this.width - (this.width < 560 ? 14 : 40);
  }

  /// The segments of one end, from its line to the other's.
  arrows(g, story, from, to) {
    const { segments } = story.out;
    const [first, end] = this.visible(segments);
    // Lines closer than this can't be told apart: of ordinary ones each n-th is drawn, and faintly.
    const each = Math.max(1, Math.ceil((end - first) / (this.height / 3)));
    const isRoomy = (this.height - 34) / Math.max(end - first, 1) > 5;
    const special = (i) => segments.l[i] !== 0;
    const draw = (i) => {
      const arrow = this.arrow(story, i, from, to);
      if (Math.max(arrow.y, arrow.far) < 22 || Math.min(arrow.y, arrow.far) > this.height) return;
      this.shaft(g, arrow, special(i) || each === 1 ? 1 : 0.35);
      if (isRoomy) this.head(g, arrow);
      if (this.apart(segments.t, i) > 10) this.label(g, arrow);
      this.lines.push(arrow);
      this.drawn++;
    };
    for (let i = first; i < end; i++) if (!special(i) && (i % each === 0 || flagsOf(segments.f[i]))) draw(i);
    // What is special lies above what isn't; of more than lines for each row of pixels some must do.
    let count = 0;
    for (let i = first; i < end; i++) if (special(i)) count++;
    const some = Math.max(1, Math.ceil(count / this.height));
    for (let i = first; i < end; i++) if (special(i) && count++ % some === 0) draw(i);
  }

  /// Where a segment's line begins and ends. A lost one goes a part of the way that the one before it went.
  arrow(story, i, from, to) {
    const { segments } = story.out;
    let before = i;
    while (before > 0 && segments.d[before] < 0) before--;
    const lost = segments.d[i] === -1;
    const part = segments.d[i] >= 0 ? 1 : lost ? 0.6 : 0.25;
    const took = Math.max(segments.d[before], 0);
    const [y, far] = [this.y(segments.t[i]), this.y(segments.t[i] + took * part)];
    return { story, i, from, y, x: from + (to - from) * part, far, lost };
  }

  /// How many pixels lie between a segment and its neighbours.
  apart(t, i) {
    const before = i > 0 ? this.y(t[i]) - this.y(t[i - 1]) : Infinity;
    const behind = i + 1 < t.length ? this.y(t[i + 1]) - this.y(t[i]) : Infinity;
    return Math.min(before, behind);
  }

  shaft(g, { story, i, from, y, x, far, lost }, alpha) {
    const { n, f, r } = story.out.segments;
    const colour = lost ? "lost" : r[i] ? "orange" : n[i] || flagsOf(f[i]) ? "blue" : "faint";
    g.strokeStyle = g.fillStyle = palette[colour];
    g.lineWidth = n[i] ? 1.3 : 1;
    g.globalAlpha = alpha;
    g.setLineDash(r[i] ? [6, 3] : []);
    streak(g, from, y, x, far);
    g.setLineDash([]);
    g.globalAlpha = 1;
  }

  head(g, { from, y, x, far, lost }) {
    if (lost) {
      g.lineWidth = 2;
      return cross(g, x, far);
    }
    const angle = Math.atan2(far - y, x - from);
    g.beginPath();
    g.moveTo(x, far);
    for (const turn of [2.75, -2.75]) g.lineTo(x + 8 * Math.cos(angle + turn), far + 8 * Math.sin(angle + turn));
    g.fill();
  }

  label(g, { story, i, from, y, x, far }) {
    const { n, s, a, f } = story.out.segments;
    const bytes = n[i] ? `${bytesText(n[i])} from ${bytesText(s[i])}` : "";
    const text = [flagsOf(f[i]), bytes, f[i] & 16 ? `ACK ${bytesText(a[i])}` : ""].filter(Boolean).join(", ");
    if (g.measureText(text).width > Math.abs(x - from) * 0.8) return;
    const angle = Math.atan((far - y) / (x - from));
    g.save();
    g.translate(from + (x - from) * 0.06, y + (far - y) * 0.06);
    g.rotate(angle);
    g.textAlign = x > from ? "left" : "right";
    g.strokeStyle = palette.paper;
    g.lineWidth = 3;
    g.lineJoin = "round";
    g.strokeText(text, 0, -3);
    g.fillText(text, 0, -3);
    g.restore();
  }

  drawOver() {
    if (!this.pair || !this.width) return;
    const g = this.over.getContext("2d");
    g.clearRect(0, 0, this.width, this.height);
    g.save();
    g.beginPath();
    g.rect(0, 22, this.width, this.height - 22);
    g.clip();
    this.mark(g, this.left, this.right);
    g.restore();
  }

  mark(g, left, right) {
    const { marked, cursor, chosen } = this.axis;
    if (chosen) {
      const [from, to] = chosen.map((t) => this.y(t));
      g.fillStyle = palette.blue;
      g.globalAlpha = 0.2;
      g.fillRect(left, from, right - left, to - from);
      g.globalAlpha = 1;
    }
    for (const [t, colour, dash] of [
      [cursor, palette.faint, [3, 3]],
      [marked && marked.t, palette.mark, []],
    ]) {
      if (t === null || t < this.axis.from || t > this.axis.to) continue;
      g.strokeStyle = colour;
      g.lineWidth = 1.5;
      g.setLineDash(dash);
      streak(g, left - 6, this.y(t), right + 6, this.y(t));
      g.setLineDash([]);
    }
    const isMarked = ({ story, i }) => story === this.shows.story && story.out.segments.e[i] === marked.event;
    const its = marked && marked.event >= 0 && this.lines.find(isMarked);
    if (!its) return;
    g.strokeStyle = palette.mark;
    g.lineWidth = 3;
    streak(g, its.from, its.y, its.x, its.far);
  }
  /// The arrow nearest to a point, if one is near: its story, and its segment's index there.
  near(x, y) {
    let best = null;
    let least = 10;
    for (const arrow of this.lines || []) {
      const [dx, dy] = [arrow.x - arrow.from, arrow.far - arrow.y];
      const part = ((x - arrow.from) * dx + (y - arrow.y) * dy) / (dx * dx + dy * dy);
      const along = Math.min(Math.max(part, 0), 1);
      const distance = Math.hypot(arrow.from + along * dx - x, arrow.y + along * dy - y);
      if (distance < least) [best, least] = [arrow, distance];
    }
    return best;
  }
}
