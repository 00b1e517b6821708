use super::*;

/// What a newcomer's algorithm might be called.
const HOSTILE: &str = "<b>&";

#[test]
fn every_course_is_drawn_with_axes_units_and_a_legend() {
    let reno = Contender::all().remove(0).with(HOSTILE, |_| {});
    let pictures = pictures(&[reno]);
    assert_eq!(pictures.len(), COURSES.len());
    for Picture { file_name, svg } in pictures {
        assert!(file_name.ends_with(".svg"));
        for word in ["Throughput, Mbit/s", "Window, kB", "Queueing delay, ms", "time, s", "cwnd", "in flight"]
        {
            assert!(svg.contains(word), "{file_name} lacks {word}");
        }
        assert!(svg.contains("&lt;b&gt;&amp;") && !svg.contains(HOSTILE), "{file_name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{file_name}");
        assert_eq!(svg.matches("<path").count(), svg.matches("/>").count() - 1, "the paper is closed, too");
    }
}
