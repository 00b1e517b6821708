//! Options from bytes.

use super::{Options, SackBlocks, Timestamps, UserTimeout, kind};
use crate::error::DecodeError;
use crate::seq::{SeqNum, SeqRange};

impl Options {
    /// Reads what stands between the fixed header and the payload.
    ///
    /// Options may start at any byte (RFC 9293 section 3.1, MUST-64). If one comes twice, the last counts (MUST-4).
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut options = Self::default();
        let mut rest = bytes;
        while let [kind, behind @ ..] = rest {
            rest = match *kind {
                // RFC 9293 section 3.1, MUST-69: what follows is padding, whatever it is.
                kind::END_OF_LIST => break,
                kind::NO_OPERATION => behind,
                kind => options.read_one(kind, behind)?,
            };
        }
        Ok(options)
    }

    /// Reads one option of which `behind` starts with the length; returns what follows it.
    fn read_one<'a>(&mut self, kind: u8, behind: &'a [u8]) -> Result<&'a [u8], DecodeError> {
        // MUST-68: every kind but those two has a length, also those yet to come.
        let Some((&len, behind)) = behind.split_first() else {
            return Err(DecodeError::MissingOptionLength { kind });
        };
        // RFC 9293 section 3.1, MUST-7: the length counts kind and length too, so 0 and 1 are none, and
        // neither is one that reaches past the header.
        let bad_length = DecodeError::BadOptionLength { kind, len };
        let value_len = usize::from(len).checked_sub(2).ok_or(bad_length)?;
        let (value, rest) = behind.split_at_checked(value_len).ok_or(bad_length)?;
        self.set(kind, value).ok_or(bad_length)?;
        Ok(rest)
    }

    /// Takes an option's value in; `None` if a known kind doesn't have values of this length.
    fn set(&mut self, kind: u8, value: &[u8]) -> Option<()> {
        match kind {
            kind::MSS => self.mss = Some(u16::from_be_bytes(value.try_into().ok()?)),
            kind::WINDOW_SCALE => {
                let [shift] = value.try_into().ok()?;
                self.window_scale = Some(shift);
            }
            kind::SACK_PERMITTED => {
                let [] = value.try_into().ok()?;
                self.sack_permitted = true;
            }
            kind::SACK => self.sack = sack_blocks(value)?,
            kind::TIMESTAMPS => {
                let (value, echo) = two_numbers(value.try_into().ok()?);
                self.timestamps = Some(Timestamps { value, echo });
            }
            // RFC 5482 section 3: zero is reserved, and says nothing.
            kind::USER_TIMEOUT => {
                let bits = u16::from_be_bytes(value.try_into().ok()?);
                self.user_timeout = UserTimeout::try_from(bits).ok();
            }
            // RFC 9293 section 3.1, MUST-6: an option we don't know is passed over.
            _ => {}
        }
        Some(())
    }
}

/// One block or more, and nothing but blocks. No more than four ever come: the header ends before a fifth.
fn sack_blocks(value: &[u8]) -> Option<SackBlocks> {
    let (blocks, []) = value.as_chunks::<8>() else { return None };
    let ranges = blocks.iter().map(|block| {
        let (start, end) = two_numbers(*block);
        SeqRange { start: SeqNum::new(start), end: SeqNum::new(end) }
    });
    (!blocks.is_empty()).then(|| ranges.collect())
}

fn two_numbers([a, b, c, d, e, f, g, h]: [u8; 8]) -> (u32, u32) {
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}
