//! The file: a section, one interface, and packets.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::time::Duration;

use lucid_conn::engine::Time;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, PcapError};

use super::Error;

/// One packet, as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) at: Time,
    /// From the interface's view: sent, or else received.
    pub(super) outgoing: bool,
    /// From its IP header on; of what follows, as much as is known.
    pub(super) bytes: Vec<u8>,
    /// How many bytes there were.
    pub(super) original_len: usize,
    /// Lines.
    pub(super) comment: Vec<String>,
}

/// A capture that is being written.
pub(super) struct File<W: Write> {
    writer: PcapNgWriter<BufWriter<W>>,
    start: Duration,
    packets: u64,
}

/// The least bits of an enhanced packet block's flags: which way it went.
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;

/// Timestamps are in units of 10^-9 seconds.
const NANOSECONDS: u8 = 9;

impl<W: Write> File<W> {
    pub(super) fn begin(to: W, unix_start_ns: u64, what: &'static str) -> Result<Self, Error> {
        let program = concat!("lucid ", env!("CARGO_PKG_VERSION"));
        let section = SectionHeaderBlock {
            options: vec![
                SectionHeaderOption::Comment(Cow::Borrowed(
                    "TCP that was carried in UDP: the IP headers were made for this file, with 192.0.2.1 or 2001:db8::1 \
                     for the endpoint that was recorded, and the TCP checksums are made for them. All else is as it was.",
                )),
                SectionHeaderOption::UserApplication(Cow::Borrowed(program)),
            ],
            ..SectionHeaderBlock::default()
        };
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName(Cow::Borrowed("lucid")),
                InterfaceDescriptionOption::IfDescription(Cow::Borrowed(what)),
                InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
            ],
        };
        let mut writer =
            PcapNgWriter::with_section_header(BufWriter::new(to), section).map_err(Error::of_writing)?;
        writer.write_pcapng_block(interface).map_err(Error::of_writing)?;
        Ok(Self { writer, start: Duration::from_nanos(unix_start_ns), packets: 0 })
    }

    pub(super) fn packet(&mut self, packet: &Packet) -> Result<(), Error> {
        let Packet { at, outgoing, bytes, original_len, comment } = packet;
        let direction = if *outgoing { OUTBOUND } else { INBOUND };
        let mut options = vec![EnhancedPacketOption::Flags(direction)];
        if !comment.is_empty() {
            options.push(EnhancedPacketOption::Comment(cut(comment.join("\n")).into()));
        }
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: self.start.saturating_add(Duration::from_nanos(at.as_nanos())),
            original_len: *original_len as u32,
            data: Cow::Borrowed(bytes),
            options,
        };
        self.writer.write_pcapng_block(block).map_err(Error::of_writing)?;
        self.packets += 1;
        Ok(())
    }

    /// Hands all to the sink. Says how many packets there are.
    pub(super) fn finish(mut self) -> Result<u64, Error> {
        self.writer.get_mut().flush().map_err(Error::Write)?;
        Ok(self.packets)
    }
}

/// An option's length has 16 bits.
fn cut(mut comment: String) -> String {
    const LONGEST: usize = 60_000;
    if comment.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&end| comment.is_char_boundary(end)).unwrap_or(0);
        comment.truncate(end);
    }
    comment
}

impl Error {
    fn of_writing(error: PcapError) -> Self {
        Self::Write(match error {
            PcapError::IoError(error) => error,
            other => std::io::Error::other(other),
        })
    }
}
