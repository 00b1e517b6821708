// ---- the list of events: only what can be seen of it is in the page ----

const ROW = 62;

class EventList {
  constructor(report, axis, shows, choose) {
    Object.assign(this, { report, axis, shows, choose, chosen: [] });
    [this.list, this.tall, this.count, this.search, this.turning, this.said] = [
      "list",
      "tall",
      "count",
      "search",
      "turning",
      "said",
    ].map((id) => document.getElementById(id));
    this.list.addEventListener("scroll", () => this.render());
    this.search.addEventListener("input", () => this.filter());
    this.turning.addEventListener("change", () => this.filter());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest(".event");
      if (row) choose(Number(row.dataset.event));
    });
    this.list.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.step(by);
    });
  }
  get events() {
    return this.shows.story.events;
  }
  cause(i) {
    return this.report.causes[this.events.c[i]];
  }

  /// Another story is shown.
  show() {
    const turns = this.events.n.reduce((sum, turns) => sum + turns, 0);
    this.turning.checked = this.events.n.length > 400 && turns > 10;
    this.filter();
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { x, k, n } = this.events;
    this.chosen = [];
    for (let i = 0; i < x.length; i++) {
      if (this.turning.checked && !n[i]) continue;
      if (words.length) {
        const text = `${x[i]} ${this.report.kinds[k[i]]} ${this.cause(i).join(" ")}`.toLowerCase();
        if (!words.every((word) => text.includes(word))) continue;
      }
      this.chosen.push(i);
    }
    this.count.textContent = `${this.chosen.length.toLocaleString("en")} of ${x.length.toLocaleString("en")}`;
    // No browser scrolls further than this: a longer list is scrolled in larger steps.
    this.full = this.chosen.length * ROW;
    this.tall.style.height = Math.min(this.full, 8e6) + "px";
    this.render();
  }
  get scale() {
    return this.full > 8e6 ? (this.full - this.list.clientHeight) / (8e6 - this.list.clientHeight) : 1;
  }

  row(i, top) {
    const [why, rfc] = this.cause(i);
    const row = make(
      "div",
      { className: "event" },
      make("small", { textContent: this.report.kinds[this.events.k[i]] }),
      make("b", { textContent: clock(this.events.t[i]) }),
      make("span", { className: "what", textContent: this.events.x[i] }),
      make("span", { className: "why", textContent: rfc === "-" ? why : `${why} (${rfc})` }),
    );
    row.title = `${this.events.x[i]}\n${why} (${rfc})`;
    row.dataset.event = i;
    row.setAttribute("role", "option");
    const marked = this.axis.marked?.event === i;
    row.setAttribute("aria-selected", marked);
    row.classList.toggle("marked", marked);
    row.classList.toggle(
      "turning",
      ["loss", "timeout", "sent again", "dropped"].includes(this.report.kinds[this.events.k[i]]),
    );
    row.style.top = top + "px";
    return row;
  }

  render() {
    const { scrollTop, clientHeight } = this.list;
    const real = scrollTop * this.scale;
    const first = Math.max(Math.floor(real / ROW) - 4, 0);
    const end = Math.min(Math.ceil((real + clientHeight) / ROW) + 4, this.chosen.length);
    const rows = [];
    for (let at = first; at < end; at++) rows.push(this.row(this.chosen[at], at * ROW - real + scrollTop));
    this.tall.replaceChildren(...rows);
  }

  /// Goes to the event so many rows on from the marked one.
  step(by) {
    const { marked } = this.axis;
    const place = marked ? above(this.chosen, marked.event) - 1 : -1;
    const next = this.chosen[Math.min(Math.max(place + by, 0), this.chosen.length - 1)];
    if (next !== undefined) this.choose(next);
  }

  /// The event that was marked is brought into view, and told in full.
  mark() {
    const { marked } = this.axis;
    this.said.replaceChildren();
    if (marked && marked.event >= 0) {
      const i = marked.event,
        [why, rfc] = this.cause(i);
      if (this.turning.checked && !this.events.n[i]) {
        this.turning.checked = false;
        this.filter();
      }
      const place = above(this.chosen, i) - 1;
      if (this.chosen[place] === i) {
        const top = (place * ROW) / this.scale;
        if (top < this.list.scrollTop || top + ROW > this.list.scrollTop + this.list.clientHeight)
          this.list.scrollTop = top - this.list.clientHeight / 2 + ROW / 2;
      }
      this.said.append(
        make("b", { textContent: clock(this.events.t[i]) + "  " }),
        this.events.x[i],
        ".",
        make("div", { className: "why", textContent: `Because ${why}${rfc === "-" ? "" : `: ${rfc}`}.` }),
      );
    }
    this.render();
  }

  /// For paper, the turning points as a table.
  print() {
    document.getElementById("paper")?.remove();
    const turns = this.events.n.flatMap((turns, i) => (turns ? [i] : [])).slice(0, 250);
    const rows = turns.map((i) =>
      make(
        "tr",
        {},
        ...[clock(this.events.t[i]), this.events.x[i], this.cause(i).join(", ")].map((text) =>
          make("td", { textContent: text }),
        ),
      ),
    );
    const table = make("table", {}, ...rows);
    table.id = "paper";
    document.getElementById("events").append(table);
  }
}
