//! Text that is a picture.

use std::fmt::Arguments;

pub(super) const WIDTH: f64 = 760.0;

/// Colours that everyone can tell apart; each kind of mark also has a shape of its own.
const STYLE: &str = "
  text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #57606a }
  .paper { fill: #ffffff }
  .title { font-size: 16px; font-weight: 600; fill: #1f2328 }
  .caption, .state { font-weight: 600; fill: #1f2328; stroke: #ffffff; stroke-width: 4; paint-order: stroke }
  .grid { stroke: #e1e5ea; fill: none }
  .base { stroke: #8c959f; fill: none }
  .note { stroke: #8c959f; stroke-dasharray: 2 4; fill: none }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .dots { fill: none; stroke-width: 4; stroke-linecap: round }
  .again { fill: none; stroke-width: 2; stroke: #cc5a1e }
  .lost { fill: none; stroke-width: 1.8; stroke: #c01c28 }
  .one { stroke: #0b61d1 } .two { stroke: #8250df } .ack { stroke: #1a7f37 } .limit { stroke: #57606a; stroke-dasharray: 6 4 }
  .arrow { stroke: #0b61d1; stroke-width: 1.4; fill: none } .head { fill: #0b61d1 }
  .back { stroke: #1a7f37; stroke-width: 1.4; fill: none } .backhead { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .paper { fill: #0d1117 }
    .title, .caption, .state { fill: #f0f6fc }
    .caption, .state { stroke: #0d1117 }
    .grid { stroke: #262c36 }
    .base, .note { stroke: #656c76 }
    .again { stroke: #f0883e } .lost { stroke: #ff7b72 }
    .one { stroke: #58a6ff } .two { stroke: #bc8cff } .ack { stroke: #56d364 } .limit { stroke: #9198a1 }
    .arrow { stroke: #58a6ff } .head { fill: #58a6ff }
    .back { stroke: #56d364 } .backhead { fill: #56d364 }
  }
";

/// A picture that grows.
pub(super) struct Svg(String);

impl Svg {
    pub(super) fn new(title: &str, height: f64) -> Self {
        let mut svg = Self(String::new());
        svg.line(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">"#
        ));
        svg.line(format_args!("<title>{}</title>\n<style>{STYLE}</style>", escaped(title)));
        svg.line(format_args!(r#"<rect class="paper" width="{WIDTH}" height="{height}"/>"#));
        svg
    }

    pub(super) fn line(&mut self, line: Arguments<'_>) {
        self.0 += &format!("{line}\n");
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let text = escaped(text);
        self.line(format_args!(r#"<text{class} x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#));
    }

    pub(super) fn path(&mut self, class: &str, d: &str) {
        if !d.is_empty() {
            self.line(format_args!(r#"<path class="{class}" d="{d}"/>"#));
        }
    }

    pub(super) fn rule(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.path(class, &format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1));
    }

    pub(super) fn end(mut self) -> String {
        self.0 += "</svg>\n";
        self.0
    }
}

/// About how wide a text is: fonts differ, and nobody measures here.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(|letter| if "fijlrt'., 1".contains(letter) { 4.4 } else { 7.5 }).sum()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
