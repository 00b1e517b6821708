//! Segments as Linux sent them over IP version 6.

use super::Encodes::ToTheSameBytes;
use super::{Captured, blocks, timestamps};
use lucid_wire::{Flags, Header, Options, PseudoHeader, SeqNum};

const A_TO_B: PseudoHeader = PseudoHeader::V6 {
    source: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    destination: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
};
const B_TO_A: PseudoHeader = PseudoHeader::V6 {
    source: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
    destination: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
};
const B_TO_C: PseudoHeader = PseudoHeader::V6 {
    source: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
    destination: [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77],
};

#[rustfmt::skip]
pub(crate) const CAPTURED: &[Captured] = &[
    Captured {
        name: "SYN",
        pseudo: A_TO_B,
        bytes: "98861b59 9da1bc3d 00000000 a002fd20 3bd00000 020405a0 0402080a e37923d1 00000000 0103030a",
        header: || Header {
            source_port: 39046, destination_port: 7001,
            sequence: SeqNum::new(2_644_622_397), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_800, urgent_pointer: 0,
            options: Options {
                mss: Some(1440), sack_permitted: true, timestamps: timestamps(3_816_367_057, 0),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, ACK",
        pseudo: B_TO_A,
        bytes: "1b599886 57fb5c68 9da1bc3e a012fb04 b7340000 020405a0 0402080a 7f4e52f4 e37923d1 0103030a",
        header: || Header {
            source_port: 7001, destination_port: 39046,
            sequence: SeqNum::new(1_476_090_984), acknowledgment: SeqNum::new(2_644_622_398),
            flags: Flags::SYN | Flags::ACK, window: 64_260, urgent_pointer: 0,
            options: Options {
                mss: Some(1440), sack_permitted: true, timestamps: timestamps(2_135_839_476, 3_816_367_057),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "data beside timestamps",
        pseudo: A_TO_B,
        bytes: "98861b59 9da1bc3e 57fb5c69 80180040 22ee0000 0101080a e37923d1 7f4e52f4 47455420 38313932 \
            2e747874 0a",
        header: || Header {
            source_port: 39046, destination_port: 7001,
            sequence: SeqNum::new(2_644_622_398), acknowledgment: SeqNum::new(1_476_090_985),
            flags: Flags::PSH | Flags::ACK, window: 64, urgent_pointer: 0,
            options: Options { timestamps: timestamps(3_816_367_057, 2_135_839_476), ..Options::default() },
        },
        payload: b"GET 8192.txt\n",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "three SACK blocks beside timestamps",
        pseudo: B_TO_C,
        bytes: "1bbf9c40 2a78cbda 00001389 f010fb04 748c0000 0101080a 7a5fd790 000003e8 0101051a 0000157d \
            00001587 00001519 00001523 000014b5 000014bf",
        header: || Header {
            source_port: 7103, destination_port: 40000,
            sequence: SeqNum::new(712_559_578), acknowledgment: SeqNum::new(5_001),
            flags: Flags::ACK, window: 64_260, urgent_pointer: 0,
            options: Options {
                timestamps: timestamps(2_053_101_456, 1_000),
                sack: blocks(&[(5_501, 5_511), (5_401, 5_411), (5_301, 5_311)]), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "FIN, ACK",
        pseudo: A_TO_B,
        bytes: "98861b59 9da1be67 57fb5c6b 80110040 d8310000 0101080a e37928ad 7f4e546f",
        header: || Header {
            source_port: 39046, destination_port: 7001,
            sequence: SeqNum::new(2_644_622_951), acknowledgment: SeqNum::new(1_476_090_987),
            flags: Flags::FIN | Flags::ACK, window: 64, urgent_pointer: 0,
            options: Options { timestamps: timestamps(3_816_368_301, 2_135_839_855), ..Options::default() },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "RST, ACK of a closed port",
        pseudo: B_TO_A,
        bytes: "1b5b8308 00000000 35598e26 50140000 53d70000",
        header: || Header {
            source_port: 7003, destination_port: 33544,
            sequence: SeqNum::new(0), acknowledgment: SeqNum::new(895_061_542),
            flags: Flags::RST | Flags::ACK, window: 0, urgent_pointer: 0,
            options: Options::default(),
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
];
