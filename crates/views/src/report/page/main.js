// ---- all of it together ----

const report = JSON.parse(document.getElementById("data").textContent);
report.stories = report.stories.map(story);
const byId = (id) => document.getElementById(id);
const axis = new Axis();
const shows = { report, story: report.stories[0], way: "out", pair: null };

byId("title").textContent = report.title;
byId("summary").textContent = report.summary.join(" ");
byId("notes").append(...report.notes.map((note) => make("p", { textContent: note })));

/// Marks an event of the story that is shown, in every view.
function choose(event) {
  const t = shows.story.events.t[event];
  axis.reach(t);
  axis.mark({ t, event });
}

/// A click on a view: the event of what lies there, or the one nearest in time.
function pick(view, event) {
  const box = view.over.getBoundingClientRect();
  const x = event.clientX - box.left,
    y = event.clientY - box.top;
  let found = -1;
  if (view.name === "sequence") {
    const i = view.near(x, y);
    if (i >= 0) found = view.way.segments.e[i];
  }
  if (view.name === "ladder") {
    const arrow = view.near(x, y);
    if (arrow && arrow.story !== shows.story) show(report.stories.indexOf(arrow.story), true);
    if (arrow) found = arrow.story.out.segments.e[arrow.i];
  }
  const t = view.name === "ladder" ? view.timeAt(y) : view.timeAt(x);
  if (view.name === "trips") {
    const i = nearest(shows.story.trips.t, t);
    if (i >= 0) found = shows.story.trip_events[i];
  }
  if (found < 0) found = nearest(shows.story.events.t, t);
  if (found >= 0) choose(found);
}

const events = new EventList(report, axis, shows, choose);
/// Everything of one connection, or one thing of every run.
function allViews() {
  if (!report.stories.length) return [];
  if (report.together) return overlays(axis, shows, pick);
  return [...plots(axis, shows, pick), new BufferBars(axis, shows), new Ladder(axis, shows, pick)];
}
const views = allViews();
byId("plots").append(...views.map((view) => view.element));

/// The bar of what limited sending, under the bars of what goes on.
const shares = make("div");
shares.id = "shares";
const shareText = make("div", { className: "empty" });
shareText.id = "share-text";
if (!report.together) views[0]?.element.append(shares, shareText);

function showShares({ shares: all }) {
  const percent = (share) => (share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)) + " %";
  shares.hidden = !all.length;
  shares.replaceChildren(
    ...all.map(([name, share]) => {
      const part = make("div", { title: `${name} ${percent(share)}` });
      part.style.cssText = `flex: ${share} 0 0; background: var(--${LIMITS[name]})`;
      return part;
    }),
  );
  shareText.textContent = all.length
    ? "While it sent, limited by: " + all.map(([name, share]) => `${name} ${percent(share)}`).join(" / ")
    : "It sent no data.";
}

/// Shows a story; `keep`: with the same view of time.
function show(index, keep) {
  shows.story = report.stories[index];
  const pair = report.pairs.find((pair) => pair.includes(index));
  // The first recording stands left.
  shows.pair = pair
    ? pair
        .map((place) => report.stories[place])
        .sort((one, other) => report.sources.indexOf(one.source) - report.sources.indexOf(other.source))
    : null;
  byId("story").value = index;
  axis.marked = null;
  way(shows.story.sends ? "out" : "in");
  showShares(shows.story);
  const summary = index === 0 || report.together ? report.summary : shows.story.summary;
  byId("summary").textContent = summary.join(" ");
  byId("facts").replaceChildren(
    make("h2", { textContent: `${shows.story.name}: it ${shows.story.side}` }),
    make(
      "table",
      {},
      ...shows.story.facts.map(([name, value]) =>
        make("tr", {}, make("th", { textContent: name }), make("td", { textContent: value })),
      ),
    ),
  );
  fit();
  events.show();
  if (!keep) {
    const all = shows.pair || (report.together ? report.stories : [shows.story]);
    axis.bound(Math.min(...all.map((story) => story.from)), Math.max(...all.map((story) => lastOf(story))));
  } else axis.tell("view");
}

/// When the last thing of note happened: TIME-WAIT may last for a minute in which nothing does.
function lastOf(story) {
  const told = [story.out.segments, story.in.segments, story.out.acknowledged, story.in.acknowledged];
  const ends = told.map(({ t }) => t[t.length - 1] || story.from);
  return Math.max(...ends) + Math.max(Math.max(...ends) - story.from, 1000) * 0.02;
}

function way(way) {
  shows.way = way;
  for (const button of byId("direction").children) button.setAttribute("aria-pressed", button.dataset.way === way);
}

function fit() {
  for (const view of views) view.fit();
}
let asked = {};
/// Draws once for each frame, whatever happened.
axis.listen((what) => {
  if (!Object.keys(asked).length) requestAnimationFrame(render);
  asked[what] = true;
});
function render() {
  const { view, mark } = asked;
  asked = {};
  for (const each of views)
    if (view) each.draw();
    else each.drawOver();
  if (mark) events.mark();
  const at = axis.cursor ?? axis.marked?.t;
  byId("now").textContent = at === null || at === undefined ? `${clock(axis.from)} to ${clock(axis.to)}` : clock(at);
}

// ---- what the reader can do ----

report.stories.forEach((story, index) => byId("story").append(new Option(story.name, index)));
byId("story-label").hidden = report.stories.length < 2;
byId("story").addEventListener("change", (event) => show(Number(event.target.value), Boolean(report.together)));
byId("direction").addEventListener("click", (event) => {
  if (event.target.dataset.way) {
    way(event.target.dataset.way);
    axis.tell("view");
    axis.tell("mark");
  }
});
const middle = () => axis.cursor ?? axis.marked?.t ?? (axis.from + axis.to) / 2;
byId("in").addEventListener("click", () => axis.zoom(middle(), 0.5));
byId("out").addEventListener("click", () => axis.zoom(middle(), 2));
byId("all").addEventListener("click", () => axis.show(axis.least, axis.most));

let playing = null;
function play() {
  byId("play").textContent = playing === null ? "Pause" : "Play";
  if (playing !== null) {
    cancelAnimationFrame(playing);
    playing = null;
    return;
  }
  let t = axis.cursor ?? axis.marked?.t ?? axis.from,
    before = performance.now();
  if (t >= axis.to || t < axis.from) t = axis.from;
  const step = (now) => {
    // Through what is shown, in so many seconds.
    t += ((now - before) / 1000 / Number(byId("speed").value)) * axis.width;
    before = now;
    axis.point(Math.min(t, axis.to));
    if (t < axis.to) playing = requestAnimationFrame(step);
    else {
      playing = null;
      byId("play").textContent = "Play";
    }
  };
  playing = requestAnimationFrame(step);
}
byId("play").addEventListener("click", play);
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    "+": () => axis.zoom(middle(), 0.5),
    "=": () => axis.zoom(middle(), 0.5),
    "-": () => axis.zoom(middle(), 2),
    0: () => axis.show(axis.least, axis.most),
    ArrowLeft: () => axis.pan(-axis.width / 8),
    ArrowRight: () => axis.pan(axis.width / 8),
    ArrowDown: () => events.step(1),
    ArrowUp: () => events.step(-1),
    Escape: () => axis.mark(null),
    " ": () => {
      if (event.target.tagName !== "BUTTON") play();
    },
  }[event.key];
  if (!act || (event.key.startsWith("Arrow") && event.defaultPrevented)) return;
  act();
  if (event.key !== " " || event.target.tagName !== "BUTTON") event.preventDefault();
});

/// At once, for a canvas whose size is set is empty, and paper waits for no frame.
function redraw() {
  readPalette();
  fit();
  for (const view of views) view.draw();
  events.render();
}
if (report.stories.length) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(redraw).observe(byId("plots"));
  // Paper is light, whatever the reader prefers.
  const onPaper = (is) => {
    document.documentElement.classList.toggle("on-paper", is);
    redraw();
  };
  addEventListener("beforeprint", () => {
    events.print();
    onPaper(true);
  });
  addEventListener("afterprint", () => onPaper(false));
}

/// The event of a run in which it parts from the others.
function part(index) {
  show(index, true);
  const [at, what] = report.together.parting[index];
  const { t, x } = shows.story.events;
  const event = x.findIndex((text, i) => t[i] === at && text === what);
  axis.reach(at);
  axis.mark({ t: at, event });
}
if (report.together) {
  const { parting } = report.together;
  const times = parting.filter(Boolean).map(([at]) => at);
  if (times.length) axis.parting = Math.min(...times);
  byId("together").append(...comparison(report.together, report.sources, part));
  byId("direction").hidden = true;
  byId("story-label").firstChild.textContent = "Events of ";
}

readPalette();
if (report.stories.length) show(0);
else byId("tools").hidden = byId("events").hidden = true;
