use super::*;

fn plot(series: Series, notes: &[(f64, &str)]) -> String {
    let notes = notes.iter().map(|(at, text)| Note { at: *at, text: (*text).to_owned() }).collect();
    let panels = vec![Panel { caption: "a < b, kB".into(), series: vec![series] }];
    Plot { title: "t".into(), subtitle: "s".into(), time: (1.0, 2.0), panels, notes }.draw()
}

fn series(stroke: Stroke, points: &[(f64, f64)]) -> Series {
    Series { label: "it".into(), stroke, points: points.to_vec() }
}

#[test]
fn steps_hold_what_they_had_before_the_picture_begins() {
    let svg = plot(series(Stroke::Steps("one"), &[(0.0, 5.0), (1.5, 10.0), (3.0, 99.0)]), &[]);
    let d = svg.split(r#"<path class="line one" d=""#).nth(2).unwrap();
    let d = &d[..d.find('"').unwrap()];
    assert!(d.starts_with("M58.0 ") && d.contains("H400.0V") && d.ends_with("H742.0"), "{d}");
}

#[test]
fn only_what_lies_in_the_time_is_drawn() {
    let svg = plot(series(Stroke::Crosses, &[(0.5, 1.0), (1.5, 1.0), (2.5, 1.0)]), &[]);
    // One in the legend, one in the plot.
    assert_eq!(svg.matches("l8 8m0 -8l-8 8").count(), 2);
}

#[test]
fn notes_that_are_near_each_other_stand_in_rows_of_their_own() {
    let near = Plot {
        title: String::new(),
        subtitle: String::new(),
        time: (0.0, 1.0),
        panels: Vec::new(),
        notes: [0.1, 0.11, 0.8].map(|at| Note { at, text: "a note".into() }).into(),
    };
    assert_eq!(near.note_rows(), [0.0, 1.0, 0.0]);
}

#[test]
fn text_is_escaped_and_both_looks_are_there() {
    let svg = plot(series(Stroke::Dots("one"), &[(1.5, 1.0)]), &[(1.2, "R&D")]);
    assert!(svg.contains("a &lt; b") && svg.contains("R&amp;D"), "{svg}");
    assert!(svg.contains("prefers-color-scheme: dark") && svg.contains("time, s"));
}
