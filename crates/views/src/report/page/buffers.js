// ---- what both ends hold at a moment, from writer to reader ----

const HELD = [
  ["unsent", "written, not sent", "blue"],
  ["flight", "sent, not acknowledged", "orange"],
  ["waiting", "behind a gap", "pink"],
  ["unread", "in order, not read", "green"],
];

class BufferBars {
  constructor(axis, shows) {
    Object.assign(this, { axis, shows, name: "buffers", drawn: 0 });
    this.body = make("div");
    this.when = make("span", { className: "empty" });
    this.element = make(
      "section",
      { className: "panel" },
      make("div", { className: "head" }, make("h2", { textContent: "Buffers" }), this.when),
      this.body,
    );
    this.element.dataset.panel = "buffers";
    this.body.className = "buffers";
  }
  get stories() {
    return this.shows.pair || [this.shows.story];
  }
  /// Bars have the same scale at all times: that of the most that was ever held.
  fit() {
    this.most = 1;
    for (const story of this.stories)
      for (const [name] of HELD) for (const value of story.lines[name].v) if (value > this.most) this.most = value;
    this.rows = [];
    this.body.replaceChildren();
    for (const story of this.stories) {
      if (this.stories.length > 1) this.body.append(make("b", { className: "end", textContent: story.source }));
      for (const [name, label, colour] of HELD) {
        const bar = make("i"),
          value = make("output");
        value.dataset.of = `${story.source} ${name}`;
        bar.style.background = `var(--${colour})`;
        this.body.append(
          make("div", { className: "held" }, make("span", { textContent: label }), make("div", {}, bar), value),
        );
        this.rows.push([story.lines[name], bar, value]);
      }
    }
  }
  draw() {
    this.drawOver();
  }
  drawOver() {
    const t = this.axis.cursor ?? this.axis.marked?.t ?? (this.axis.from + this.axis.to) / 2;
    this.when.textContent = `at ${clock(t)}: point at a plot, mark an event, or play`;
    this.drawn = this.rows.length;
    for (const [line, bar, value] of this.rows) {
      const held = valueAt(line, t) || 0;
      bar.style.width = (held / this.most) * 100 + "%";
      value.textContent = bytesText(held);
    }
  }
}
