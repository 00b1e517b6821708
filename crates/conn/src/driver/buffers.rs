//! Memory for what comes and goes in large pieces: each thread has a few buffers of 64 KiB, which are lent to the engine
//! and come back by themselves, so that they are warm in the processor's cache and the allocator hears nothing of it.

use std::cell::RefCell;
use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// The largest UDP datagram, or as many small ones as the kernel joins.
pub(super) const BUFFER: usize = 64 << 10;

/// So much is worth a buffer of its own; less is copied to its size, so that little data never holds a whole one.
const WORTH: usize = BUFFER / 4;

/// So many are kept track of, in use or not: 2 MiB for each thread that moves large amounts.
const LENT: usize = 32;

/// So many are looked at for a free one.
const LOOKS: usize = 4;

thread_local! {
    static LENDER: RefCell<Lender> = RefCell::default();
}

/// What was lent, the oldest first. Each is free once nobody else holds it.
#[derive(Default)]
struct Lender(VecDeque<Bytes>);

impl Lender {
    /// A free one: mostly the oldest is.
    fn free(&mut self) -> BytesMut {
        for _ in 0..LOOKS.min(self.0.len()) {
            let Some(oldest) = self.0.pop_front() else { break };
            match oldest.try_into_mut() {
                Ok(free) => return free,
                Err(busy) => self.0.push_back(busy),
            }
        }
        BytesMut::zeroed(BUFFER)
    }

    fn lend(&mut self, buffer: BytesMut) -> Bytes {
        let lent = buffer.freeze();
        if self.0.len() < LENT {
            self.0.push_back(lent.clone());
        }
        lent
    }
}

/// A copy.
pub(super) fn copy(data: &[u8]) -> Bytes {
    if !(WORTH..=BUFFER).contains(&data.len()) {
        return Bytes::copy_from_slice(data);
    }
    LENDER.with_borrow_mut(|lender| {
        let mut buffer = lender.free();
        buffer[..data.len()].copy_from_slice(data);
        lender.lend(buffer).slice(..data.len())
    })
}

/// The first `len` bytes of `buffer`, which is free again afterwards.
pub(super) fn take(buffer: &mut BytesMut, len: usize) -> Bytes {
    if len < WORTH {
        return Bytes::copy_from_slice(&buffer[..len]);
    }
    LENDER.with_borrow_mut(|lender| {
        let full = std::mem::replace(buffer, lender.free());
        lender.lend(full).slice(..len)
    })
}
