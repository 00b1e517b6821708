//! One direction's sequence numbers, as places from its beginning on.

/// Turns numbers on the wire into places: the SYN is at 0, the first byte at 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    /// The SYN's number, once known.
    first: Option<u32>,
    /// The last place that was asked for: the next one is near.
    last: u64,
}

impl Numbers {
    /// A segment shows where the direction begins: a SYN at its own number, anything else (where a cookie stood for the
    /// SYN) behind it.
    pub(super) fn begin(&mut self, seq: u32, is_syn: bool) {
        self.first.get_or_insert(if is_syn { seq } else { seq.wrapping_sub(1) });
    }

    /// The SYN's number.
    pub(super) fn first(&self) -> Option<u32> {
        self.first
    }

    /// The place of a number; 0 for what lies before the beginning, or before anything is known.
    pub(super) fn place(&mut self, number: u32) -> u64 {
        let Some(first) = self.first else { return 0 };
        let distance = number.wrapping_sub(first).wrapping_sub(self.last as u32).cast_signed();
        self.last = self.last.saturating_add_signed(distance.into());
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_go_on_where_numbers_wrap() {
        let mut numbers = Numbers::default();
        numbers.begin(u32::MAX - 1, true);
        assert_eq!(numbers.place(u32::MAX - 1), 0);
        assert_eq!(numbers.place(u32::MAX), 1);
        assert_eq!(numbers.place(5), 7);
        assert_eq!(numbers.place(0x7fff_0000), 0x7fff_0002);
        assert_eq!(numbers.place(0xfffe_0000), 0xfffe_0002);
        assert_eq!(numbers.place(1), (1 << 32) + 3);
        assert_eq!(numbers.place(u32::MAX), (1 << 32) + 1);
    }

    #[test]
    fn without_a_syn_the_first_number_is_the_first_bytes() {
        let mut numbers = Numbers::default();
        numbers.begin(100, false);
        assert_eq!((numbers.place(100), numbers.first()), (1, Some(99)));
    }
}
