//! `0.1`, `+.1`, `0~0.1`, `+0~+.01`, `*`, and `+0...0.2` for a call that blocks.

use std::time::Duration;

use super::cursor::{Cursor, Misread, Read};
use crate::syntax::When;

/// When an event is due, and until when its call blocks. Without a time it is due at once.
pub(super) fn when(cursor: &mut Cursor<'_>) -> Read<(When, Option<Duration>)> {
    if cursor.takes("*") {
        return Ok((When::Any, None));
    }
    let is_relative = cursor.takes("+");
    let has_time = cursor.rest().starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !has_time && !is_relative {
        return Ok((When::Relative(Duration::ZERO, Duration::ZERO), None));
    }
    let place = cursor.place();
    let from = seconds(cursor)?;
    let until = if cursor.takes("...") {
        cursor.takes("+");
        Some(seconds(cursor)?)
    } else {
        None
    };
    let to = if until.is_none() && cursor.takes("~") {
        cursor.takes("+");
        seconds(cursor)?
    } else {
        from
    };
    if to < from || until.is_some_and(|until| until < from) {
        return Err(Misread { place, what: "expected a range that doesn't end before it begins".to_owned() });
    }
    Ok((if is_relative { When::Relative(from, to) } else { When::Absolute(from, to) }, until))
}

/// Seconds with a fraction: `0.100`, `.1`, `2`.
fn seconds(cursor: &mut Cursor<'_>) -> Read<Duration> {
    cursor.skip_blanks();
    let mut ahead = cursor.clone();
    let whole = ahead.take_while(|character| character.is_ascii_digit());
    let mut behind = ahead.clone();
    let fraction = if behind.rest().starts_with('.') && !behind.rest().starts_with("..") {
        behind.takes(".");
        let fraction = behind.take_while(|character| character.is_ascii_digit());
        ahead = behind;
        fraction
    } else {
        ""
    };
    let seconds = format!("0{whole}.{fraction}0").parse().ok();
    let time = seconds.filter(|_| !(whole.is_empty() && fraction.is_empty()));
    let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let time = time.ok_or_else(|| cursor.expected("a time in seconds, such as 0.100"))?;
    *cursor = ahead;
    Ok(time)
}
