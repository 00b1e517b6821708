//! Options into bytes, laid out as Linux does it: MSS, SACK-permitted, timestamps, window scale, SACK;
//! and the user timeout before SACK.

use super::{OptionLayout, Options, kind};
use crate::seq::SeqRange;

/// What the data offset leaves for options: 15 words of header, less the fixed five.
const MAX_LEN: usize = 40;

// The lengths of the options, as their length byte has them.
const MSS_LEN: u8 = 4;
const SACK_PERMITTED_LEN: u8 = 2;
const TIMESTAMPS_LEN: u8 = 10;
const WINDOW_SCALE_LEN: u8 = 3;
const USER_TIMEOUT_LEN: u8 = 4;
const SACK_HEAD_LEN: u8 = 2;
const SACK_BLOCK_LEN: u8 = 8;

/// How the options stand in the header.
struct Layout {
    /// No-operations go before an option until it ends at a multiple of this: 4 to put its numbers on word
    /// boundaries, which is what readers with a fast path look for, or 1 to use every byte.
    align_to: usize,
    /// The SACK blocks that fit.
    sack_blocks: usize,
}

/// Options as bytes.
pub(crate) struct Encoded {
    bytes: [u8; MAX_LEN],
    len: usize,
}

impl Encoded {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes[self.len..self.len + N].copy_from_slice(&bytes);
        self.len += N;
    }

    /// What is pushed next has this length, and ends at a multiple of `to`.
    fn align(&mut self, len: usize, to: usize) {
        let end = self.len + len.next_multiple_of(to) - len;
        self.bytes[self.len..end].fill(kind::NO_OPERATION);
        self.len = end;
    }
}

impl Options {
    /// The bytes these options take in a header: a multiple of four, 40 at most.
    pub fn encoded_len(&self) -> usize {
        let Layout { align_to, sack_blocks } = self.layout();
        let sack = if sack_blocks == 0 { 0 } else { sack_len(sack_blocks) };
        let len = self.len_before_sack(align_to) + sack.next_multiple_of(align_to);
        len.next_multiple_of(4)
    }

    /// The options, padded to a multiple of four bytes.
    pub(crate) fn encode(&self) -> Encoded {
        let mut out = Encoded { bytes: [kind::END_OF_LIST; MAX_LEN], len: 0 };
        let Layout { align_to, sack_blocks } = self.layout();
        if let Some(mss) = self.mss {
            out.align(MSS_LEN.into(), align_to);
            out.push([kind::MSS, MSS_LEN]);
            out.push(mss.to_be_bytes());
        }
        out.align(self.sack_permitted_and_timestamps_len(), align_to);
        if self.sack_permitted {
            out.push([kind::SACK_PERMITTED, SACK_PERMITTED_LEN]);
        }
        if let Some(timestamps) = self.timestamps {
            out.push([kind::TIMESTAMPS, TIMESTAMPS_LEN]);
            out.push(timestamps.value.to_be_bytes());
            out.push(timestamps.echo.to_be_bytes());
        }
        if let Some(shift) = self.window_scale {
            out.align(WINDOW_SCALE_LEN.into(), align_to);
            out.push([kind::WINDOW_SCALE, WINDOW_SCALE_LEN, shift]);
        }
        if let Some(user_timeout) = self.user_timeout {
            out.align(USER_TIMEOUT_LEN.into(), align_to);
            out.push([kind::USER_TIMEOUT, USER_TIMEOUT_LEN]);
            out.push(u16::from(user_timeout).to_be_bytes());
        }
        if sack_blocks > 0 {
            let len = sack_len(sack_blocks);
            out.align(len, align_to);
            out.push([kind::SACK, len as u8]);
            for SeqRange { start, end } in &self.sack.as_slice()[..sack_blocks] {
                out.push(start.get().to_be_bytes());
                out.push(end.get().to_be_bytes());
            }
        }
        out.len = out.len.next_multiple_of(4);
        out
    }

    /// On word boundaries, unless that costs a SACK block.
    fn layout(&self) -> Layout {
        if self.sack.is_empty() {
            let align_to = if self.layout == OptionLayout::Packed { 1 } else { 4 };
            return Layout { align_to, sack_blocks: 0 };
        }
        let [aligned, packed] = [4, 1].map(|align_to| {
            let sack_head = usize::from(SACK_HEAD_LEN).next_multiple_of(align_to);
            let room = MAX_LEN - self.len_before_sack(align_to) - sack_head;
            let sack_blocks = self.sack.len().min(room / usize::from(SACK_BLOCK_LEN));
            Layout { align_to, sack_blocks }
        });
        let is_packed = self.layout == OptionLayout::Packed || packed.sack_blocks > aligned.sack_blocks;
        if is_packed { packed } else { aligned }
    }

    /// The bytes of all options but SACK: 24 at most.
    fn len_before_sack(&self, align_to: usize) -> usize {
        let mss = self.mss.map_or(0, |_| MSS_LEN.into());
        let window_scale = self.window_scale.map_or(0, |_| WINDOW_SCALE_LEN.into());
        let user_timeout = self.user_timeout.map_or(0, |_| USER_TIMEOUT_LEN.into());
        [mss, self.sack_permitted_and_timestamps_len(), window_scale, user_timeout]
            .map(|len: usize| len.next_multiple_of(align_to))
            .iter()
            .sum()
    }

    /// These two are aligned as one: SACK-permitted is just as long as the padding of timestamps.
    fn sack_permitted_and_timestamps_len(&self) -> usize {
        let sack_permitted = if self.sack_permitted { SACK_PERMITTED_LEN } else { 0 };
        let timestamps = self.timestamps.map_or(0, |_| TIMESTAMPS_LEN);
        (sack_permitted + timestamps).into()
    }
}

fn sack_len(blocks: usize) -> usize {
    usize::from(SACK_HEAD_LEN) + blocks * usize::from(SACK_BLOCK_LEN)
}
