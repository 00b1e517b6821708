// ---- the plots ----

/// What limits, and which rule moves the window: their colours.
const LIMITS = {
  "congestion window": "blue",
  receiver: "pink",
  application: "line",
  "send buffer": "orange",
  pacing: "sky",
  "small segments": "green",
};
const RULES = {
  "slow start": "green",
  avoidance: "blue",
  "fast recovery": "orange",
  "after a timeout": "red",
  "reduced for a mark": "pink",
};

/// Where the span is that holds at a time.
function spanAt({ t: begins, all }, t) {
  const span = all[above(begins, t) - 1];
  return span && t < span[1] ? span : undefined;
}

/// The spans that can be seen: they lie one behind another.
function spansIn({ t, all }, from, to) {
  return all.slice(Math.max(above(t, from) - 1, 0), above(t, to)).filter((span) => span[1] >= from);
}

/// States, phases, and what limits: three bars.
class Bars extends Panel {
  range() {
    return [0, 3];
  }
  get rows() {
    const { story } = this.shows;
    return [
      ["state", story.states],
      ["phase", story.rules],
      ["limit", story.limits],
    ];
  }
  paint(g) {
    const height = (this.height - TOP - BOTTOM) / 3;
    this.rows.forEach(([row, spans], index) => {
      const top = TOP + index * height;
      for (const [from, to, what] of spansIn(spans, this.axis.from, this.axis.to)) {
        const left = Math.max(this.x(from), LEFT),
          right = Math.min(this.x(to), this.width - RIGHT);
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
    this.rows.forEach(([row], index) =>
      g.fillText(row, LEFT - 6, TOP + (index + 0.5) * ((this.height - TOP - BOTTOM) / 3) + 4),
    );
  }
  static colour(row, what) {
    if (row === "limit") return LIMITS[what] || "faint";
    if (row === "phase") return RULES[what] || "faint";
    return what === "ESTABLISHED"
      ? "green"
      : what.startsWith("SYN")
        ? "sky"
        : what === "CLOSED" || what === "LISTEN"
          ? "line"
          : "pink";
  }
  explain(x) {
    const t = this.timeAt(x);
    return this.rows
      .map(([row, spans]) => {
        const span = spanAt(spans, t);
        return span ? `${row}: ${span[2]}, for ${timeText(span[1] - span[0])}` : null;
      })
      .filter(Boolean)
      .join("\n");
  }
}

/// Lines and points; `bands`: the phases lie behind.
class Lines extends Panel {
  constructor(options) {
    super(options);
    this.of = options.of;
    this.bands = options.bands;
    this.points = options.points;
    this.log = options.log;
  }
  range() {
    const lines = this.of()
      .filter(([, , , far]) => !far)
      .map(([line]) => line);
    if (this.points) lines.push(this.shows.story.trips);
    const [low, high] = this.extent(lines);
    // What may lie far above is in the picture if the rest stays legible.
    const far = this.of()
      .filter(([, , , far]) => far)
      .map(([line]) => this.extent([line])[1])
      .filter((top) => top < 3 * high);
    return [low, Math.max(high, ...far)];
  }
  paint(g) {
    const { story } = this.shows;
    if (this.bands) {
      g.globalAlpha = +palette.band;
      for (const [from, to, what] of spansIn(story.rules, this.axis.from, this.axis.to)) {
        g.fillStyle = palette[RULES[what]];
        const left = Math.max(this.x(from), LEFT);
        g.fillRect(
          left,
          TOP,
          Math.max(Math.min(this.x(to), this.width - RIGHT) - left, 0.75),
          this.height - TOP - BOTTOM,
        );
      }
      g.globalAlpha = 1;
    }
    if (this.points) {
      const { t, v } = story.trips;
      const [first, end] = this.seen(t);
      g.fillStyle = palette.blue;
      for (let i = first; i < end; i++, this.drawn++) g.fillRect(this.x(t[i]) - 1.25, this.y(v[i]) - 1.25, 2.5, 2.5);
    }
    for (const [line, colour, dash, far] of this.of())
      this.steps(g, line, colour, { dash: dash || [], until: story.to, most: far ? this.high : Infinity });
  }
}

function plots(axis, shows, pick) {
  const lines = () => shows.story.lines;
  const at = (name, text) => (t) => text(valueAt(lines()[name], t));
  const of = (name) => () => lines()[name];
  const wayAt = (part, text) => (t) => text(valueAt(shows.story[shows.way][part], t));
  const common = { axis, shows, pick };
  const spanText = (spans) => (t) => spanAt(shows.story[spans], t)?.[2] || "-";
  const segmentAt = (t) => {
    const { segments } = shows.story[shows.way];
    const i = above(segments.t, t) - 1;
    return i < 0 ? "-" : bytesText(segments.s[i]);
  };
  const tripAt = (t) => {
    const { trips } = shows.story;
    const i = above(trips.t, t) - 1;
    return i < 0 ? "-" : timeText(trips.v[i]);
  };
  return [
    new Bars({
      ...common,
      name: "bars",
      title: "What goes on",
      height: 98,
      series: [
        ["state", "faint", "", spanText("states")],
        ["phase", "faint", "", spanText("rules")],
        ["limited by", "faint", "", spanText("limits")],
      ],
    }),
    new Sequence({
      ...common,
      name: "sequence",
      title: "Time and sequence",
      height: 340,
      text: sizeText,
      series: [
        ["segments", "blue", "", segmentAt],
        ["sent again", "orange", "dot"],
        ["lost", "lost", "dot"],
        ["SACKed", "green", "block"],
        ["acknowledged", "green", "", wayAt("acknowledged", bytesText)],
        ["window", "faint", "dashed", wayAt("edge", bytesText)],
      ],
    }),
    new Lines({
      ...common,
      name: "windows",
      title: "Windows",
      height: 200,
      text: sizeText,
      bands: true,
      of: () => [
        [of("window")(), "faint", [5, 4], true],
        [of("ssthresh")(), "pink", [8, 3, 2, 3], true],
        [of("pipe")(), "orange"],
        [of("cwnd")(), "blue"],
      ],
      series: [
        ["cwnd", "blue", "", at("cwnd", bytesText)],
        ["ssthresh", "pink", "dashed", at("ssthresh", bytesText)],
        ["in flight", "orange", "", at("pipe", bytesText)],
        ["peer's window", "faint", "dashed", at("window", bytesText)],
      ],
    }),
    new Lines({
      ...common,
      name: "trips",
      title: "Round trips",
      height: 170,
      text: timeText,
      points: true,
      log: true,
      of: () => [
        [of("rto")(), "red", [5, 4]],
        [of("srtt")(), "orange"],
      ],
      series: [
        ["samples", "blue", "dot", tripAt],
        ["SRTT", "orange", "", at("srtt", timeText)],
        ["RTO", "red", "dashed", at("rto", timeText)],
      ],
    }),
    new Lines({
      ...common,
      name: "rates",
      title: "Rates",
      height: 170,
      text: rateText,
      of: () => [
        [of("pacing")(), "pink", [5, 4]],
        [of("receiving")(), "green"],
        [of("delivery")(), "blue"],
      ],
      series: [
        ["delivery", "blue", "", at("delivery", rateText)],
        ["receiving", "green", "", at("receiving", rateText)],
        ["pacing", "pink", "dashed", at("pacing", rateText)],
      ],
    }),
  ];
}
