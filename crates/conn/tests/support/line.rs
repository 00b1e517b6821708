//! A segment as a line: `SYN SEQ 0 MSS 1000 SACKOK WS 7`, `SEQ 1 ACK 1 LEN 100 TS 20 10`, `FIN SEQ 101 ACK 1 WND 500`,
//! `SEQ 1 ACK 1 SACK 101-201 301-401`.
//!
//! An ACK number brings the ACK bit. What an expected line doesn't name (PSH, WND, MSS, URG, options) may be anything;
//! `SACK none` says that there is none.

use lucid_wire::Flags;

/// A segment as a line.
#[derive(Clone, Default, PartialEq)]
pub struct Line {
    pub flags: Flags,
    pub seq: i64,
    pub ack: Option<i64>,
    pub len: usize,
    pub window: Option<u16>,
    pub mss: Option<u16>,
    pub urgent: Option<u16>,
    pub scale: Option<u8>,
    pub sack_permitted: bool,
    /// TSval and TSecr.
    pub timestamps: Option<(i64, i64)>,
    /// The SACK blocks.
    pub sack: Option<Vec<(i64, i64)>>,
}

impl Line {
    pub fn parse(line: &str) -> Self {
        let mut found = Self::default();
        let mut words = line.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let mut number = || {
                words.next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{line}: number?"))
            };
            match word {
                "SYN" => found.flags |= Flags::SYN,
                "FIN" => found.flags |= Flags::FIN,
                "RST" => found.flags |= Flags::RST,
                "ECE" => found.flags |= Flags::ECE,
                "CWR" => found.flags |= Flags::CWR,
                "PSH" => found.flags |= Flags::PSH,
                "SEQ" => found.seq = number(),
                "ACK" => found.ack = Some(number()),
                "LEN" => found.len = number() as usize,
                "WND" => found.window = Some(number() as u16),
                "MSS" => found.mss = Some(number() as u16),
                "URG" => {
                    found.flags |= Flags::URG;
                    found.urgent = Some(number() as u16);
                }
                "WS" => found.scale = Some(number() as u8),
                "SACKOK" => found.sack_permitted = true,
                "TS" => found.timestamps = Some((number(), number())),
                "SACK" => {
                    let blocks =
                        std::iter::from_fn(|| words.next_if(|word| word.contains('-') || *word == "none"));
                    found.sack = Some(blocks.filter_map(block).collect());
                }
                _ => panic!("{line}: {word}?"),
            }
        }
        found
    }

    /// Whether what was heard is what this line names.
    pub fn matches(&self, heard: &Self) -> bool {
        let optional = Flags::PSH | Flags::URG;
        let named = |expected: Option<u16>, heard: Option<u16>| expected.is_none() || expected == heard;
        self.flags.without(optional) == heard.flags.without(optional)
            && heard.flags.contains(self.flags)
            && (self.seq, self.ack, self.len) == (heard.seq, heard.ack, heard.len)
            && named(self.window, heard.window)
            && named(self.mss, heard.mss)
            && named(self.urgent, heard.urgent)
            && (self.scale.is_none() || self.scale == heard.scale)
            && (!self.sack_permitted || heard.sack_permitted)
            && (self.timestamps.is_none() || self.timestamps == heard.timestamps)
            && (self.sack.is_none() || self.sack == heard.sack)
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.flags != Flags::EMPTY {
            write!(f, "{} ", self.flags)?;
        }
        write!(f, "SEQ {}", self.seq)?;
        let numbers = [("ACK", self.ack), ("LEN", (self.len > 0).then_some(self.len as i64))];
        let optional = [("WND", self.window), ("MSS", self.mss), ("URG", self.urgent)];
        let optional = optional.map(|(name, number)| (name, number.map(i64::from)));
        let mut named = numbers.into_iter().chain(optional);
        named.try_for_each(|(name, number)| number.map_or(Ok(()), |number| write!(f, " {name} {number}")))?;
        if let Some(scale) = self.scale {
            write!(f, " WS {scale}")?;
        }
        if self.sack_permitted {
            write!(f, " SACKOK")?;
        }
        if let Some((value, echo)) = self.timestamps {
            write!(f, " TS {value} {echo}")?;
        }
        match self.sack.as_deref() {
            None | Some([]) => Ok(()),
            Some(blocks) => {
                write!(f, " SACK")?;
                blocks.iter().try_for_each(|(start, end)| write!(f, " {start}-{end}"))
            }
        }
    }
}

/// `101-201`.
fn block(word: &str) -> Option<(i64, i64)> {
    let (start, end) = word.split_once('-')?;
    Some((start.parse().ok()?, end.parse().ok()?))
}
