//! Reading a script's text from left to right, always knowing where.

use crate::syntax::Place;

/// What a script's text should have had, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    pub(crate) place: Place,
    pub(crate) what: String,
}

pub(crate) type Read<T> = Result<T, Misread>;

/// A place in the text, and what follows it.
#[derive(Clone)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(crate) fn place(&self) -> Place {
        let before = &self.text[..self.at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// Passes over blanks, line ends and comments: `//`, `#`, `/* */`.
    pub(crate) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            let rest = &rest[blank..];
            let comment = if rest.starts_with('#') || rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                0
            };
            self.at += blank + comment;
            if comment == 0 {
                return;
            }
        }
    }

    pub(crate) fn at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    /// Whether this comes next, after blanks.
    pub(crate) fn sees(&mut self, token: &str) -> bool {
        self.skip_blanks();
        self.rest().starts_with(token)
    }

    /// Takes this if it comes next.
    pub(crate) fn takes(&mut self, token: &str) -> bool {
        let seen = self.sees(token);
        if seen {
            self.at += token.len();
        }
        seen
    }

    /// Takes this if it comes next, on this line.
    pub(crate) fn takes_on_this_line(&mut self, token: &str) -> bool {
        let rest = self.rest();
        let after = rest.trim_start_matches([' ', '\t']);
        let seen = after.starts_with(token);
        if seen {
            self.at += rest.len() - after.len() + token.len();
        }
        seen
    }

    /// Takes this word if it comes next, and ends there.
    pub(crate) fn takes_word(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        let is_next = ahead.take_while(is_word) == word;
        if is_next {
            *self = ahead;
        }
        is_next
    }

    /// Takes this, which must come next.
    pub(crate) fn must_take(&mut self, token: &str) -> Read<()> {
        if self.takes(token) { Ok(()) } else { Err(self.expected(&format!("{token:?}"))) }
    }

    /// Takes characters, from here, as long as they are wanted.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|character| !wanted(character)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Takes all up to this token, and the token too.
    pub(crate) fn take_until(&mut self, token: &str) -> Read<&'t str> {
        let rest = self.rest();
        let Some(end) = rest.find(token) else {
            return Err(self.expected(&format!("{token:?} at the end of it")));
        };
        self.at += end + token.len();
        Ok(&rest[..end])
    }

    /// A name: letters, digits, underscores.
    pub(crate) fn word(&mut self, what: &str) -> Read<&'t str> {
        self.skip_blanks();
        let starts = self.rest().starts_with(|first: char| first.is_alphabetic() || first == '_');
        if starts { Ok(self.take_while(is_word)) } else { Err(self.expected(what)) }
    }

    /// A whole number that fits, decimal or `0x` hexadecimal, perhaps negative.
    pub(crate) fn number<N: TryFrom<i64>>(&mut self, what: &str) -> Read<N> {
        self.skip_blanks();
        let mut ahead = self.clone();
        let sign = if ahead.takes("-") { -1 } else { 1 };
        let digits = ahead.take_while(|character| character.is_ascii_alphanumeric());
        let number = match digits.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => digits.parse::<i64>().ok(),
        };
        let number = number.and_then(|number| N::try_from(sign * number).ok());
        let number = number.ok_or_else(|| self.expected(what))?;
        *self = ahead;
        Ok(number)
    }

    /// That something else should stand here.
    pub(crate) fn expected(&mut self, what: &str) -> Misread {
        self.skip_blanks();
        let found: String = self.rest().chars().take_while(|character| !character.is_whitespace()).collect();
        let found = if found.is_empty() { "the end of the script".to_owned() } else { format!("{found:?}") };
        Misread { place: self.place(), what: format!("expected {what}, found {found}") }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
