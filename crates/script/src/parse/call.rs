//! `setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0`

use std::time::Duration;

use super::cursor::{Cursor, Read};
use crate::syntax::{Argument, Call, CallResult};

/// A call and its result.
pub(super) fn call(cursor: &mut Cursor<'_>, until: Option<Duration>) -> Read<Call> {
    let name = cursor.word("<, >, a call, or %{")?.to_owned();
    cursor.must_take("(")?;
    let arguments = list(cursor, ")")?;
    cursor.must_take("=")?;
    let result = result(cursor)?;
    Ok(Call { name, arguments, result, until })
}

/// Arguments up to this bracket.
fn list(cursor: &mut Cursor<'_>, end: &str) -> Read<Vec<Argument>> {
    let mut arguments = Vec::new();
    while !cursor.takes(end) {
        if !arguments.is_empty() {
            cursor.must_take(",")?;
        }
        arguments.push(argument(cursor)?);
    }
    Ok(arguments)
}

fn argument(cursor: &mut Cursor<'_>) -> Read<Argument> {
    if cursor.takes("...") {
        Ok(Argument::Ellipsis)
    } else if cursor.takes("[") {
        list(cursor, "]").map(Argument::List)
    } else if cursor.takes("{") {
        fields(cursor)
    } else if cursor.takes("\"") {
        cursor.take_until("\"").map(|text| Argument::Text(text.to_owned()))
    } else if cursor.rest().starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        cursor.number("a number").map(Argument::Number)
    } else {
        names(cursor)
    }
}

/// `O_RDWR|O_NONBLOCK`, or a macro such as `htons(8080)`, which says no more than what stands in it.
fn names(cursor: &mut Cursor<'_>) -> Read<Argument> {
    let first = cursor.word("an argument")?.to_owned();
    if cursor.takes("(") {
        let inner = argument(cursor)?;
        cursor.must_take(")")?;
        return Ok(inner);
    }
    let mut names = vec![first];
    while cursor.takes("|") {
        names.push(cursor.word("a name behind |")?.to_owned());
    }
    Ok(Argument::Names(names))
}

/// `{onoff=1, linger=0}`
fn fields(cursor: &mut Cursor<'_>) -> Read<Argument> {
    let mut fields = Vec::new();
    while !cursor.takes("}") {
        if !fields.is_empty() {
            cursor.must_take(",")?;
        }
        let name = cursor.word("a field's name")?.to_owned();
        cursor.must_take("=")?;
        fields.push((name, argument(cursor)?));
    }
    Ok(Argument::Fields(fields))
}

/// `3`, `?`, `-1 EAGAIN (Resource temporarily unavailable)`, `0x2 (flags O_RDWR)`.
fn result(cursor: &mut Cursor<'_>) -> Read<CallResult> {
    if cursor.takes("?") {
        return Ok(CallResult::Any);
    }
    let mut ahead = cursor.clone();
    let number: i64 = ahead.number("a result: a number, ?, or -1 and an errno")?;
    let result = if number == -1 {
        CallResult::Error(ahead.word("an errno such as EAGAIN")?.to_owned())
    } else if number >= 0 {
        CallResult::Number(number)
    } else {
        return Err(cursor.expected("a result: a number, ?, or -1 and an errno"));
    };
    *cursor = ahead;
    if cursor.takes("(") {
        cursor.take_until(")")?;
    }
    Ok(result)
}
