//! Memory for what comes and goes in large pieces: each thread has a few buffers of 64 KiB, which are lent to the engine
//! and come back by themselves, so that they are warm in the processor's cache and the allocator hears nothing of it.

use std::cell::RefCell;
use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// The largest UDP datagram, or as many small ones as the kernel joins.
pub(super) const BUFFER: usize = 64 << 10;

/// So much is worth a buffer of its own; less is copied to its size, so that little data never holds a whole one.
pub(super) const WORTH: usize = BUFFER / 4;

/// So many are kept track of, in use or not: 4 MiB for each thread that moves large amounts, a whole send buffer. With fewer,
/// the allocator takes memory from the system and gives it back all the time.
const LENT: usize = 64;

/// So many are looked at for a free one.
const LOOKS: usize = 4;

thread_local! {
    static LENDER: RefCell<Lender> = RefCell::default();
}

/// What was lent, the oldest first. Each is free once nobody else holds it.
#[derive(Default)]
struct Lender(VecDeque<Bytes>);

impl Lender {
    /// A free one: mostly the oldest is. None if all that there may be are busy.
    fn free(&mut self) -> Option<BytesMut> {
        for _ in 0..LOOKS.min(self.0.len()) {
            match self.0.pop_front()?.try_into_mut() {
                Ok(free) => return Some(free),
                Err(busy) => self.0.push_back(busy),
            }
        }
        (self.0.len() < LENT).then(|| BytesMut::zeroed(BUFFER))
    }

    fn lend(&mut self, buffer: BytesMut) -> Bytes {
        let lent = buffer.freeze();
        self.0.push_back(lent.clone());
        lent
    }
}

/// A copy.
pub(super) fn copy(data: &[u8]) -> Bytes {
    LENDER.with_borrow_mut(|lender| {
        let is_worth = (WORTH..=BUFFER).contains(&data.len());
        let Some(mut buffer) = is_worth.then(|| lender.free()).flatten() else {
            return Bytes::copy_from_slice(data);
        };
        buffer[..data.len()].copy_from_slice(data);
        lender.lend(buffer).slice(..data.len())
    })
}

/// The first `len` bytes of `buffer`, which is free again afterwards.
pub(super) fn take(buffer: &mut BytesMut, len: usize) -> Bytes {
    LENDER.with_borrow_mut(|lender| {
        let Some(free) = (len >= WORTH).then(|| lender.free()).flatten() else {
            return Bytes::copy_from_slice(&buffer[..len]);
        };
        let full = std::mem::replace(buffer, free);
        lender.lend(full).slice(..len)
    })
}

#[cfg(test)]
mod tests;
