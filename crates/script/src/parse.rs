//! From text to a [`Script`].

mod call;
mod check;
pub(crate) mod cursor;
mod packet;
#[cfg(test)]
mod tests;
mod time;

use cursor::{Cursor, Misread, Read};

use crate::syntax::{Action, Event, Place, Script, Setting};

/// A script that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}:{place}: {what}")]
pub struct SyntaxError {
    /// The script's name.
    pub name: String,
    /// Where.
    pub place: Place,
    /// What was expected there, and what was found.
    pub what: String,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// It is none: the error says where, what should stand there, and what does.
    pub fn parse(name: &str, text: &str) -> Result<Self, SyntaxError> {
        let read = || {
            let mut cursor = Cursor::new(text);
            let settings = settings(&mut cursor)?;
            let mut events = Vec::new();
            while !cursor.at_end() {
                events.push(event(&mut cursor)?);
            }
            Ok(Self { name: name.to_owned(), settings, events })
        };
        read().map_err(|Misread { place, what }| SyntaxError { name: name.to_owned(), place, what })
    }
}

/// `--name=value`, one or more to a line.
fn settings(cursor: &mut Cursor<'_>) -> Read<Vec<Setting>> {
    let mut settings = Vec::new();
    loop {
        if cursor.sees("`") {
            return Err(cursor.expected("no shell command (what it would set is said by --name=value)"));
        }
        let place = cursor.place();
        if !cursor.takes("--") {
            return Ok(settings);
        }
        let name = cursor.take_while(|character| !character.is_whitespace() && character != '=');
        cursor.must_take("=")?;
        let value = cursor.take_while(|character| !character.is_whitespace());
        if name.is_empty() || value.is_empty() {
            return Err(Misread { place, what: "expected --name=value".to_owned() });
        }
        settings.push(Setting { place, name: name.to_owned(), value: value.to_owned() });
    }
}

fn event(cursor: &mut Cursor<'_>) -> Read<Event> {
    cursor.skip_blanks();
    let place = cursor.place();
    let (when, until) = time::when(cursor)?;
    let blocks = || Misread { place, what: "expected a call: nothing else blocks".to_owned() };
    let action = if cursor.takes("%{") {
        Action::Check(check::assertions(cursor)?)
    } else if cursor.takes("<") {
        packet::inbound(cursor)?
    } else if cursor.takes(">") {
        Action::Outbound(packet::packet(cursor)?)
    } else {
        return Ok(Event { place, when, action: Action::Call(call::call(cursor, until)?) });
    };
    if until.is_some() { Err(blocks()) } else { Ok(Event { place, when, action }) }
}
