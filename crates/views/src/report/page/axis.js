// ---- the time axis that all views share, where the pointer is, and what is marked ----

class Axis {
  constructor() {
    this.heard = [];
    this.cursor = null;
    this.marked = null;
    this.chosen = null;
    /// Where runs that are compared part.
    this.parting = null;
  }
  /// What can be seen at most; shows all of it.
  bound(from, to) {
    const edge = Math.max((to - from) * 0.01, 1000);
    [this.least, this.most] = [from - edge, to + edge];
    this.show(this.least, this.most);
  }
  show(from, to) {
    // No closer than 2 us, no further than all there is.
    const width = Math.min(Math.max(to - from, 2000), this.most - this.least);
    from = Math.min(Math.max(from, this.least), this.most - width);
    [this.from, this.to] = [from, from + width];
    this.tell("view");
  }
  get width() {
    return this.to - this.from;
  }
  zoom(around, factor) {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }
  pan(by) {
    this.show(this.from + by, this.to + by);
  }
  /// Brings a time into view.
  reach(t) {
    if (t < this.from || t > this.to) this.show(t - this.width / 2, t + this.width / 2);
  }
  /// A stretch of time is being chosen, to be zoomed to.
  choose(chosen) {
    this.chosen = chosen;
    this.tell("cursor");
  }
  point(t) {
    this.cursor = t;
    this.tell("cursor");
  }
  mark(mark) {
    this.marked = mark;
    this.tell("mark");
  }
  listen(hear) {
    this.heard.push(hear);
  }
  tell(what) {
    for (const hear of this.heard) hear(what);
  }
}

/// Round steps, at most `most` of them.
function ticks(from, to, most) {
  const rough = (to - from) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough) || power * 10;
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step * 1e-9; at += step) found.push(at);
  return { step, found };
}

/// Steps of a logarithmic scale: powers of ten, and where there are few of them 2 and 5 times these, too.
function decades(low, high) {
  const found = [],
    fine = high / low < 300 ? [1, 2, 5] : [1];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    for (const n of fine) if (n * power >= low && n * power <= high) found.push(n * power);
  return found;
}

/// Labels of times, as fine as the step between them.
function tickText(ns, step) {
  const decimals = Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step))));
  const text = (ns / 1e9).toFixed(decimals);
  return (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text) + " s";
}

/// What the pointer does on a view along the axis. `timeAt` turns an event into a time; `pick` is told of clicks.
function navigate(element, axis, timeAt, span, pick, hover) {
  let drag = null;
  element.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || event.metaKey) axis.zoom(timeAt(event), Math.exp(event.deltaY * 0.004));
      else if (event.deltaX) axis.pan((event.deltaX / span()) * axis.width);
      else if (event.shiftKey) axis.pan((event.deltaY / span()) * axis.width);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, y: event.clientY, moved: false, at: timeAt(event), chooses: event.shiftKey };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (drag) {
      drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
      if (drag.moved && drag.chooses) axis.choose([drag.at, timeAt(event)].sort((one, other) => one - other));
      else if (drag.moved) axis.pan(drag.at - timeAt(event));
    }
    axis.point(timeAt(event));
    hover(event);
  });
  element.addEventListener("pointerup", (event) => {
    const { chosen } = axis;
    axis.choose(null);
    if (drag && !drag.moved) pick(event);
    else if (chosen) axis.show(...chosen);
    drag = null;
  });
  element.addEventListener("pointercancel", () => {
    drag = null;
    axis.choose(null);
  });
  element.addEventListener("pointerleave", () => {
    if (!drag) {
      axis.point(null);
      hover(null);
    }
  });
  element.addEventListener("dblclick", () => axis.show(axis.least, axis.most));
}
