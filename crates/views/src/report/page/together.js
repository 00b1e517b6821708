// ---- several runs, laid over each other ----

/// What tells runs apart: a colour, and dashes for those who don't see it.
const STROKES = [
  ["blue", []],
  ["orange", [9, 3]],
  ["green", [2, 3]],
  ["pink", [10, 3, 2, 3]],
  ["sky", [5, 2]],
  ["red", [14, 4]],
];
const strokeOf = (index) => STROKES[index % STROKES.length];

/// A stroke as legends and tables show it.
function strokeSign(index) {
  const [colour, dash] = strokeOf(index);
  const box = make("span", {
    innerHTML: `<svg class="stroke" viewBox="0 0 30 8"><path d="M0 4H30" stroke-dasharray="${dash.join(" ") || "none"}"/></svg>`,
  });
  box.firstChild.style.color = `var(--${colour})`;
  return box.firstChild;
}

/// One quantity of all runs.
class Overlay extends Lines {
  paint(g) {
    const { stories } = this.shows.report;
    this.of().forEach(([line, colour, dash], index) =>
      this.steps(g, line, colour, { dash, until: stories[index].to, width: stories[index] === this.shows.story ? 2.2 : 1.5 }),
    );
  }
}

/// The bytes that went, or came, in the direction that carried more.
const carried = (story) => (story.sends ? story.out : story.in).acknowledged;

function overlays(axis, shows, pick) {
  const panel = (name, title, height, text, readout, line) =>
    new Overlay({
      name,
      title,
      height,
      text,
      axis,
      pick,
      shows,
      of: () => shows.report.stories.map((story, index) => [line(story), ...strokeOf(index)]),
      series: shows.report.stories.map((story, index) => [
        story.name,
        strokeOf(index)[0],
        strokeSign(index),
        (t) => readout(valueAt(line(story), t)),
      ]),
    });
  const inWhole = bytesText;
  return [
    panel("bytes", "Bytes acknowledged", 230, sizeText, inWhole, carried),
    panel("cwnd", "Congestion window", 190, sizeText, inWhole, ({ lines }) => lines.cwnd),
    panel("ssthresh", "Slow start threshold", 140, sizeText, inWhole, ({ lines }) => lines.ssthresh),
    panel("flight", "In flight", 160, sizeText, inWhole, ({ lines }) => lines.pipe),
    panel("trips", "Round trip, smoothed", 150, timeText, timeText, ({ lines }) => lines.srtt),
    panel("rates", "Delivery rate", 170, rateText, rateText, ({ lines, sends }) =>
      sends ? lines.delivery : lines.receiving,
    ),
  ];
}

/// The table, and where they part: a click shows that event.
function comparison({ headings, rows, alike, parting }, names, go) {
  const cell = (tag, text) => make(tag, { textContent: text });
  const table = make(
    "table",
    {},
    make("tr", {}, ...headings.map((heading) => cell("th", heading))),
    ...rows.map(([name, ...values], index) =>
      make("tr", {}, make("th", {}, strokeSign(index), name), ...values.map((value) => cell("td", value))),
    ),
  );
  const then = parting.map((event, index) => {
    const what = event ? `${clock(event[0])}  ${event[1]}` : "nothing more";
    const button = make("button", { type: "button", textContent: what, disabled: !event });
    button.addEventListener("click", () => go(index));
    return make("li", {}, strokeSign(index), make("b", { textContent: names[index] + " " }), button);
  });
  return [table, make("p", { textContent: alike }), make("ul", {}, ...then)];
}
