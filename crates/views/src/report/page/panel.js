// ---- a plot along the axis: its canvas, its scales, its legend with the values at the pointer ----

let palette = {};
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of [
    "paper",
    "raised",
    "ink",
    "faint",
    "line",
    "grid",
    "blue",
    "orange",
    "red",
    "green",
    "sky",
    "pink",
    "mark",
    "band",
    "lost",
  ])
    palette[name] = style.getPropertyValue("--" + name).trim();
}

const LEFT = 66,
  RIGHT = 8,
  TOP = 6,
  BOTTOM = 20;
const make = (tag, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};

/// A straight line.
function streak(g, ax, ay, bx, by) {
  g.beginPath();
  g.moveTo(ax, ay);
  g.lineTo(bx, by);
  g.stroke();
}

/// A cross, where something was lost.
function cross(g, x, y) {
  streak(g, x - 4, y - 4, x + 4, y + 4);
  streak(g, x - 4, y + 4, x + 4, y - 4);
}

/// A canvas of this size, as fine as the screen.
function sharpen(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
}

class Panel {
  /// `series`: [name, colour, its sign or the style of one, readout] for the legend; a readout is a text for a time.
  constructor({ name, title, height, series, text, axis, pick, shows }) {
    Object.assign(this, { name, height, series, text, axis, shows });
    this.drawn = 0;
    this.outputs = [];
    const legend = make("div", { className: "legend" });
    for (const [label, colour, sign] of series) {
      const output = make("output");
      output.dataset.of = label;
      const mark = sign instanceof Element ? sign : make("i", { className: sign });
      mark.style.color = `var(--${colour})`;
      if (sign === "block") mark.style.background = `var(--${colour})`;
      mark.style.borderColor = `var(--${colour})`;
      legend.append(make("span", {}, mark, label, output));
      this.outputs.push(output);
    }
    this.hint = make("div", { className: "hint" });
    this.under = make("canvas");
    this.over = make("canvas");
    this.box = make("div", { className: "canvas" }, this.under, this.over, this.hint);
    this.box.style.height = height + "px";
    this.element = make(
      "section",
      { className: "panel" },
      make("div", { className: "head" }, make("h2", { textContent: title }), legend),
      this.box,
    );
    this.element.dataset.panel = name;
    this.over.setAttribute("aria-label", title);
    const timeAt = (event) => this.timeAt(event.clientX - this.over.getBoundingClientRect().left);
    navigate(
      this.over,
      axis,
      timeAt,
      () => this.inner,
      (event) => pick(this, event),
      (event) => this.tell(event),
    );
  }

  get inner() {
    return Math.max(this.width - LEFT - RIGHT, 1);
  }
  x(t) {
    return LEFT + ((t - this.axis.from) / this.axis.width) * this.inner;
  }
  timeAt(x) {
    return this.axis.from + ((x - LEFT) / this.inner) * this.axis.width;
  }
  y(value) {
    const part = this.log
      ? Math.log(Math.max(value, this.low) / this.low) / Math.log(this.high / this.low)
      : (value - this.low) / (this.high - this.low);
    return this.height - BOTTOM - part * (this.height - TOP - BOTTOM);
  }

  fit() {
    this.width = this.box.clientWidth;
    for (const canvas of [this.under, this.over]) sharpen(canvas, this.width, this.height);
  }

  draw() {
    if (!this.width) return;
    const g = this.under.getContext("2d");
    g.clearRect(0, 0, this.width, this.height);
    this.drawn = 0;
    [this.low, this.high] = this.range();
    if (!(this.high > this.low)) this.high = this.low + 1;
    this.frame(g);
    g.save();
    g.beginPath();
    g.rect(LEFT, 0, this.inner, this.height - BOTTOM + 1);
    g.clip();
    this.paint(g);
    g.restore();
    if (!this.drawn) {
      g.fillStyle = palette.faint;
      g.textAlign = "center";
      g.fillText("nothing here at this time", LEFT + this.inner / 2, this.height / 2);
    }
    this.drawOver();
  }

  frame(g) {
    g.font = "12px system-ui, sans-serif";
    g.lineWidth = 1;
    g.strokeStyle = palette.grid;
    g.fillStyle = palette.faint;
    g.textBaseline = "middle";
    g.textAlign = "right";
    if (this.text) {
      for (const value of this.log
        ? decades(this.low, this.high)
        : ticks(this.low, this.high, (this.height - BOTTOM) / 34).found) {
        const y = Math.round(this.y(value)) + 0.5;
        streak(g, LEFT, y, this.width - RIGHT, y);
        g.fillText(this.text(value), LEFT - 6, y);
      }
    }
    g.textBaseline = "alphabetic";
    const { step, found } = ticks(this.axis.from, this.axis.to, this.inner / 90);
    g.textAlign = "center";
    for (const t of found) {
      const x = Math.round(this.x(t)) + 0.5;
      streak(g, x, TOP, x, this.height - BOTTOM);
      if (x > LEFT + 14 && x < this.width - RIGHT - 14) g.fillText(tickText(t, step), x, this.height - 5);
    }
    g.strokeStyle = palette.line;
    streak(g, LEFT, this.height - BOTTOM + 0.5, this.width - RIGHT, this.height - BOTTOM + 0.5);
  }

  drawOver() {
    const g = this.over.getContext("2d");
    g.clearRect(0, 0, this.width, this.height);
    const { cursor, marked } = this.axis;
    if (this.axis.chosen) {
      const [from, to] = this.axis.chosen.map((t) => this.x(t));
      g.fillStyle = palette.blue;
      g.globalAlpha = 0.2;
      g.fillRect(from, 0, to - from, this.height - BOTTOM);
      g.globalAlpha = 1;
    }
    this.vertical(g, this.axis.parting, palette.mark, [1, 4], 1.5);
    this.vertical(g, cursor, palette.faint, [3, 3], 1);
    if (marked) {
      this.vertical(g, marked.t, palette.mark, [], 1.5);
      this.markIn?.(g, marked);
    }
    this.series.forEach(([, , , readout], index) => {
      const at = cursor ?? marked?.t;
      this.outputs[index].textContent = at === null || at === undefined || !readout ? "" : readout(at);
    });
  }

  vertical(g, t, colour, dash, width) {
    if (t === null || t < this.axis.from || t > this.axis.to) return;
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.setLineDash(dash);
    streak(g, this.x(t), 0, this.x(t), this.height - BOTTOM);
    g.setLineDash([]);
  }

  /// The hint beside the pointer.
  tell(event) {
    const text = event && this.explain ? this.explain(event.offsetX, event.offsetY) : null;
    this.hint.style.display = text ? "block" : "none";
    if (!text) return;
    this.hint.textContent = text;
    const right = event.offsetX > this.width / 2;
    this.hint.style.left = right ? "" : event.offsetX + 14 + "px";
    this.hint.style.right = right ? this.width - event.offsetX + 14 + "px" : "";
    this.hint.style.top = Math.min(event.offsetY + 10, this.height - 60) + "px";
  }

  /// The indices of a line's points that can be seen, with the one that holds when the view begins.
  seen(t) {
    return [Math.max(above(t, this.axis.from) - 1, 0), above(t, this.axis.to)];
  }

  /// From zero (or, if the scale is logarithmic, from the lowest value) to the highest that can be seen of these lines.
  extent(lines) {
    let low = Infinity,
      high = 0;
    for (const line of lines) {
      const [first, end] = this.seen(line.t);
      for (let i = first; i < end; i++) {
        const value = line.v[i];
        if (value > high) high = value;
        if (value > 0 && value < low) low = value;
      }
    }
    return this.log ? (high ? [low / 1.3, high * 1.3] : [1, 10]) : [0, high * 1.06 || 1];
  }

  /// A line that holds its value until the next point; where points are denser than pixels, each pixel's lowest and
  /// highest are joined.
  steps(g, line, colour, { width = 1.6, dash = [], until = Infinity, most = Infinity } = {}) {
    const [first, end] = this.seen(line.t);
    if (first >= end) return;
    g.strokeStyle = palette[colour];
    g.lineWidth = width;
    g.setLineDash(dash);
    g.lineJoin = "round";
    g.beginPath();
    let last = null,
      column = null,
      low = 0,
      high = 0,
      lastX = 0;
    const flush = () => {
      if (column !== null && low !== high) {
        g.moveTo(column, low);
        g.lineTo(column, high);
        g.moveTo(lastX, last);
      }
    };
    for (let i = first; i < end; i++) {
      const value = line.v[i];
      const x = Math.max(this.x(line.t[i]), LEFT - 4);
      // What lies above the picture is no part of it.
      if (value === null || value > most) {
        if (last !== null) g.lineTo(x, last);
        last = null;
        continue;
      }
      const y = this.y(value);
      this.drawn++;
      const pixel = Math.round(x * 2) / 2;
      if (last === null) {
        flush();
        column = null;
        g.moveTo(x, y);
      } else if (pixel === column) {
        low = Math.min(low, y);
        high = Math.max(high, y);
        last = y;
        lastX = x;
        continue;
      } else {
        flush();
        g.lineTo(x, last);
        g.lineTo(x, y);
      }
      [column, low, high, last, lastX] = [pixel, y, y, y, x];
    }
    flush();
    if (last !== null) g.lineTo(this.x(Math.min(this.axis.to, until)), last);
    g.stroke();
    g.setLineDash([]);
  }
}
