// ---- the ladder: both ends, time downwards, segments as slanted lines ----

class Ladder {
  constructor(axis, shows, pick) {
    Object.assign(this, { axis, shows, name: "ladder", drawn: 0, height: 620 });
    this.ends = [make("b"), make("b")];
    this.canvas = make("canvas");
    this.canvas.setAttribute("aria-label", "Ladder");
    this.box = make("div", { className: "canvas" }, this.canvas);
    this.box.style.height = this.height + "px";
    const head = make("div", { className: "head" }, make("h2", { textContent: "Ladder" }),
      make("span", { className: "empty", textContent: "both ends, time downwards: what the other plots show, and no more; labels appear as you zoom in" }));
    this.element = make("section", { className: "panel" }, head, this.box);
    this.element.dataset.panel = "ladder";
    const timeAt = (event) => this.timeAt(event.clientY - this.canvas.getBoundingClientRect().top);
    navigate(this.canvas, axis, timeAt, () => this.height, (event) => pick(this, event), () => {});
    // Here the wheel moves along time, which goes down, as a page does.
    this.canvas.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const { from } = axis;
      axis.pan((event.deltaY / this.height) * axis.width);
      if (axis.from !== from) event.preventDefault();
    }, { passive: false });
  }
  get pair() { return this.shows.pair; }
  timeAt(y) { return this.axis.from + ((y - 26) / (this.height - 34)) * this.axis.width; }
  y(t) { return 26 + ((t - this.axis.from) / this.axis.width) * (this.height - 34); }

  fit() {
    this.element.hidden = !this.pair;
    this.width = this.box.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
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
    const g = this.canvas.getContext("2d");
    g.clearRect(0, 0, this.width, this.height);
    const narrow = this.width < 560, left = narrow ? 58 : 92, right = this.width - (narrow ? 14 : 40);
    g.font = "12px system-ui, sans-serif";
    g.fillStyle = palette.faint;
    g.strokeStyle = palette.grid;
    const { step, found } = ticks(this.axis.from, this.axis.to, 12);
    g.textAlign = "right";
    for (const t of found) {
      const y = Math.round(this.y(t)) + 0.5;
      if (y < 26) continue;
      g.beginPath(); g.moveTo(left, y); g.lineTo(right, y); g.stroke();
      g.fillText(tickText(t, step), left - 8, y + 4);
    }
    g.strokeStyle = palette.ink;
    g.lineWidth = 1.5;
    for (const x of [left, right]) { g.beginPath(); g.moveTo(x, 20); g.lineTo(x, this.height); g.stroke(); }
    g.fillStyle = palette.ink;
    g.textAlign = "left"; g.fillText(this.pair[0].source, left - 20, 13);
    g.textAlign = "right"; g.fillText(this.pair[1].source, Math.min(right + 20, this.width - 2), 13);
    this.drawn = 0;
    this.lines = [];
    g.save();
    g.beginPath(); g.rect(0, 22, this.width, this.height - 22); g.clip();
    this.pair.forEach((story, end) => this.arrows(g, story, end === 0 ? left : right, end === 0 ? right : left));
    this.mark(g, left, right);
    g.restore();
  }

  arrows(g, story, from, to) {
    const { segments } = story.out;
    const [first, end] = this.visible(segments);
    // Lines closer than this can't be told apart: of ordinary ones each n-th is drawn, and faintly.
    const each = Math.max(1, Math.ceil((end - first) / (this.height / 3)));
    const spacing = ((this.height - 34) / this.axis.width) * ((this.axis.to - this.axis.from) / Math.max(end - first, 1));
    // What is special lies above what isn't.
    for (const special of [false, true]) {
      let took = 0;
      for (let i = first; i < end; i++) {
        const look = segments.l[i];
        if ((look !== 0) !== special) { if (segments.d[i] >= 0) took = segments.d[i]; continue; }
        if (look === 0 && !flagsOf(segments.f[i]) && i % each) continue;
        const y = this.y(segments.t[i]), arrives = segments.d[i] >= 0, lost = segments.d[i] === -1;
        if (arrives) took = segments.d[i];
        // A lost one goes a part of the way that others went before it.
        const part = arrives ? 1 : lost ? 0.6 : 0.25, x = from + (to - from) * part;
        const far = this.y(segments.t[i] + took * part);
        if (Math.max(y, far) < 22 || Math.min(y, far) > this.height) continue;
        const colour = palette[lost ? "lost" : segments.r[i] ? "orange" : segments.n[i] || flagsOf(segments.f[i]) ? "blue" : "faint"];
        g.strokeStyle = g.fillStyle = colour;
        g.lineWidth = segments.n[i] ? 1.3 : 1;
        g.globalAlpha = look === 0 && each > 1 ? 0.35 : 1;
        g.setLineDash(segments.r[i] ? [6, 3] : []);
        g.beginPath(); g.moveTo(from, y); g.lineTo(x, far); g.stroke();
        g.setLineDash([]);
        g.globalAlpha = 1;
        this.drawn++;
        this.lines.push([from, y, x, far, segments.e[i], segments.t[i], story]);
        if (spacing > 5) this.head(g, from, y, x, far, lost);
        const apart = Math.min(i ? y - this.y(segments.t[i - 1]) : Infinity, i + 1 < segments.t.length ? this.y(segments.t[i + 1]) - y : Infinity);
        if (apart > 10) this.label(g, segments, i, from, y, x, far);
      }
    }
  }

  head(g, from, y, x, far, lost) {
    if (lost) { g.lineWidth = 2; g.beginPath(); g.moveTo(x - 4, far - 4); g.lineTo(x + 4, far + 4); g.moveTo(x - 4, far + 4); g.lineTo(x + 4, far - 4); g.stroke(); return; }
    const angle = Math.atan2(far - y, x - from);
    g.beginPath(); g.moveTo(x, far);
    for (const turn of [2.75, -2.75]) g.lineTo(x + 8 * Math.cos(angle + turn), far + 8 * Math.sin(angle + turn));
    g.fill();
  }

  label(g, segments, i, from, y, x, far) {
    const flags = flagsOf(segments.f[i]);
    const text = [flags, segments.n[i] ? `${bytesText(segments.n[i])} from ${bytesText(segments.s[i])}` : "", segments.f[i] & 16 ? `ACK ${bytesText(segments.a[i])}` : ""].filter(Boolean).join(", ");
    if (g.measureText(text).width > Math.abs(x - from) * 0.8) return;
    const angle = Math.atan((far - y) / (x - from));
    g.save();
    g.translate(from + (x - from) * 0.06, y + (far - y) * 0.06);
    g.rotate(angle);
    g.textAlign = x > from ? "left" : "right";
    g.strokeStyle = palette.paper; g.lineWidth = 3; g.lineJoin = "round";
    g.strokeText(text, 0, -3);
    g.fillText(text, 0, -3);
    g.restore();
  }

  mark(g, left, right) {
    const { marked, cursor } = this.axis;
    for (const [t, colour, dash] of [[cursor, palette.faint, [3, 3]], [marked && marked.t, palette.mark, []]]) {
      if (t === null || t < this.axis.from || t > this.axis.to) continue;
      g.strokeStyle = colour; g.lineWidth = 1.5; g.setLineDash(dash);
      g.beginPath(); g.moveTo(left - 6, this.y(t)); g.lineTo(right + 6, this.y(t)); g.stroke();
      g.setLineDash([]);
    }
    const its = marked && this.lines.find((line) => line[4] === marked.event && line[6] === this.shows.story && marked.event >= 0);
    if (!its) return;
    g.strokeStyle = palette.mark; g.lineWidth = 3;
    g.beginPath(); g.moveTo(its[0], its[1]); g.lineTo(its[2], its[3]); g.stroke();
  }
  drawOver() { this.draw(); }

  /// The line nearest to a point: its story, event and time.
  near(x, y) {
    let best = null, least = 10;
    for (const line of this.lines || []) {
      const [ax, ay, bx, by] = line;
      const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
      const distance = Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y);
      if (distance < least) [best, least] = [line, distance];
    }
    return best;
  }
}
