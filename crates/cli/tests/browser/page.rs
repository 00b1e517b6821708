//! A report in a browser: where things are, and what is drawn.

use std::time::Duration;

use serde_json::json;

use crate::chromium::Chromium;

pub(crate) struct Page<'a>(pub(crate) &'a mut Chromium);

impl Page<'_> {
    fn of(name: &str) -> String {
        format!("views.find((view) => view.name === '{name}')")
    }

    /// How many marks a plot says it has drawn.
    pub(crate) fn drawn(&mut self, panel: &str) -> f64 {
        let panel = Self::of(panel);
        self.0.number(&format!("{panel}.drawn"))
    }

    /// How many pixels of a plot have a colour: axes and grids are grey.
    pub(crate) fn coloured(&mut self, panel: &str) -> f64 {
        let panel = Self::of(panel);
        self.0.number(&format!(
            "(() => {{ const panel = {panel}, canvas = panel.under; \
             const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); let count = 0; \
             for (let i = 0; i < data.length; i += 4) \
             if (data[i + 3] > 100 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) count++; \
             return count; }})()"
        ))
    }

    /// Where a plot has a part of its time axis, in the window: it is scrolled there.
    pub(crate) fn place(&mut self, panel: &str, part: f64) -> (f64, f64) {
        let panel = Self::of(panel);
        self.point(&format!(
            "(() => {{ const panel = {panel}; panel.over.scrollIntoView({{ block: 'center' }}); const box = panel.over.getBoundingClientRect(); \
             return [box.left + LEFT + {part} * panel.inner, box.top + box.height / 2]; }})()"
        ))
    }

    fn point(&mut self, expression: &str) -> (f64, f64) {
        let point = self.0.value(expression);
        let number =
            |index: usize| point[index].as_f64().unwrap_or_else(|| panic!("{expression} is {point}"));
        (number(0), number(1))
    }

    /// Moves the pointer over a plot; returns the time there.
    pub(crate) fn hover(&mut self, panel: &str, part: f64) -> f64 {
        let place = self.place(panel, part);
        self.0.mouse("mouseMoved", place, &json!({}));
        self.0.number("axis.cursor")
    }

    /// What stands beside a name in a legend, without the space between thousands.
    pub(crate) fn readout(&mut self, panel: &str, name: &str) -> String {
        plain(&self.0.text(&format!(
            "document.querySelector('[data-panel={panel}] output[data-of=\"{name}\"]').textContent"
        )))
    }

    /// Shows so much time around a moment.
    pub(crate) fn show(&mut self, at: f64, around: Duration) {
        let around = around.as_nanos() as f64;
        self.0.value(&format!("axis.show({at} - {around}, {at} + {around}); 1"));
        self.0.settle();
    }

    /// Where the segment that left at a time is drawn.
    pub(crate) fn segment_at(&mut self, at: f64, start: u64) -> (f64, f64) {
        let panel = Self::of("sequence");
        self.point(&format!(
            "(() => {{ const panel = {panel}; panel.over.scrollIntoView({{ block: 'center' }}); const {{ segments }} = panel.way; \
             const i = segments.t.findIndex((t, i) => t === {at} && segments.s[i] === {start}); const box = panel.over.getBoundingClientRect(); \
             return [box.left + panel.x(segments.t[i]), box.top + panel.y(segments.s[i] + segments.n[i] / 2)]; }})()"
        ))
    }

    /// The middle of the first element that a selector finds.
    pub(crate) fn centre(&mut self, selector: &str) -> (f64, f64) {
        self.point(&format!(
            "(() => {{ const element = document.querySelector('{selector}'); element.scrollIntoView({{ block: 'nearest' }}); \
             const box = element.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; }})()"
        ))
    }

    /// Whether a line goes through a plot at the marked time.
    pub(crate) fn is_marked(&mut self, panel: &str) -> bool {
        let panel = Self::of(panel);
        let dark = self.0.number(&format!(
            "(() => {{ const panel = {panel}, x = Math.round(panel.x(axis.marked.t)); \
             const {{ data }} = panel.over.getContext('2d').getImageData(x - 1, 0, 3, panel.height); let count = 0; \
             for (let i = 3; i < data.length; i += 4) if (data[i] > 60) count++; return count / panel.height; }})()"
        ));
        dark > 0.5
    }

    /// Whether a line goes through the ladder at the marked time.
    pub(crate) fn ladder_is_marked(&mut self) -> bool {
        let panel = Self::of("ladder");
        let share = self.0.number(&format!(
            "(() => {{ const ladder = {panel}, y = Math.round(ladder.y(axis.marked.t)), [r, g, b] = [0x1f, 0x23, 0x28]; \
             const {{ data }} = ladder.over.getContext('2d').getImageData(0, y - 1, ladder.width, 3); let count = 0; \
             for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 60 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 40) count++; \
             return count / ladder.width; }})()"
        ));
        share > 0.5
    }
}

/// Without the thin space between thousands.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{2009}', "")
}

/// A duration as the page writes it.
pub(crate) fn time(duration: Duration) -> String {
    lucid_views::words::time(duration)
}
