//! Segments as Linux sent them over IP version 4.

use super::Encodes::{ToTheSameBytes, ToTheSameValue};
use super::{Captured, blocks, timestamps};
use lucid_wire::{Flags, Header, Options, PseudoHeader, SeqNum};

const A_TO_B: PseudoHeader = PseudoHeader::V4 { source: [10, 9, 0, 1], destination: [10, 9, 0, 2] };
const B_TO_A: PseudoHeader = PseudoHeader::V4 { source: [10, 9, 0, 2], destination: [10, 9, 0, 1] };
const B_TO_C: PseudoHeader = PseudoHeader::V4 { source: [10, 9, 0, 2], destination: [10, 9, 0, 77] };

#[rustfmt::skip]
pub(crate) const CAPTURED: &[Captured] = &[
    Captured {
        name: "SYN",
        pseudo: A_TO_B,
        bytes: "ab561b59 340ee261 00000000 a002faf0 456f0000 020405b4 0402080a c09d55cb 00000000 0103030a",
        header: || Header {
            source_port: 43862, destination_port: 7001,
            sequence: SeqNum::new(873_390_689), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_240, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), sack_permitted: true, timestamps: timestamps(3_231_536_587, 0),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, ACK",
        pseudo: B_TO_A,
        bytes: "1b59ab56 a8dad000 340ee262 a012fe88 36fa0000 020405b4 0402080a 8c580598 c09d55cb 0103030a",
        header: || Header {
            source_port: 7001, destination_port: 43862,
            sequence: SeqNum::new(2_832_912_384), acknowledgment: SeqNum::new(873_390_690),
            flags: Flags::SYN | Flags::ACK, window: 65_160, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), sack_permitted: true, timestamps: timestamps(2_354_578_840, 3_231_536_587),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "data beside timestamps",
        pseudo: A_TO_B,
        bytes: "ab561b59 340ee262 a8dad001 8018003f a64c0000 0101080a c09d55cb 8c580598 47455420 38313932 \
            2e747874 0a",
        header: || Header {
            source_port: 43862, destination_port: 7001,
            sequence: SeqNum::new(873_390_690), acknowledgment: SeqNum::new(2_832_912_385),
            flags: Flags::PSH | Flags::ACK, window: 63, urgent_pointer: 0,
            options: Options { timestamps: timestamps(3_231_536_587, 2_354_578_840), ..Options::default() },
        },
        payload: b"GET 8192.txt\n",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "three SACK blocks beside timestamps",
        pseudo: B_TO_C,
        bytes: "1bbd9c40 ec7ae297 00001389 f010fe88 91b00000 0101080a 3b1b039b 000003e8 0101051a 0000157d \
            00001587 00001519 00001523 000014b5 000014bf",
        header: || Header {
            source_port: 7101, destination_port: 40000,
            sequence: SeqNum::new(3_967_476_375), acknowledgment: SeqNum::new(5_001),
            flags: Flags::ACK, window: 65_160, urgent_pointer: 0,
            options: Options {
                timestamps: timestamps(991_626_139, 1_000),
                sack: blocks(&[(5_501, 5_511), (5_401, 5_411), (5_301, 5_311)]), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "four SACK blocks, timestamps off",
        pseudo: B_TO_C,
        bytes: "1bbe9c40 313ab71d 00001389 e010faf0 aefb0000 01010522 0000157d 00001587 00001519 00001523 \
            000014b5 000014bf 00001451 0000145b",
        header: || Header {
            source_port: 7102, destination_port: 40000,
            sequence: SeqNum::new(825_931_549), acknowledgment: SeqNum::new(5_001),
            flags: Flags::ACK, window: 64_240, urgent_pointer: 0,
            options: Options {
                sack: blocks(&[(5_501, 5_511), (5_401, 5_411), (5_301, 5_311), (5_201, 5_211)]),
                ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "FIN, ACK",
        pseudo: A_TO_B,
        bytes: "ab561b59 340ee48b a8dad003 8011003f 5b9e0000 0101080a c09d5aa6 8c580706",
        header: || Header {
            source_port: 43862, destination_port: 7001,
            sequence: SeqNum::new(873_391_243), acknowledgment: SeqNum::new(2_832_912_387),
            flags: Flags::FIN | Flags::ACK, window: 63, urgent_pointer: 0,
            options: Options { timestamps: timestamps(3_231_537_830, 2_354_579_206), ..Options::default() },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "urgent data",
        pseudo: A_TO_B,
        bytes: "ae841b5a d45332ef 83c8575a 8038003f b8780001 0101080a 49fdc33b 6c2f631a 21",
        header: || Header {
            source_port: 44676, destination_port: 7002,
            sequence: SeqNum::new(3_562_222_319), acknowledgment: SeqNum::new(2_210_944_858),
            flags: Flags::PSH | Flags::ACK | Flags::URG, window: 63, urgent_pointer: 1,
            options: Options { timestamps: timestamps(1_241_367_355, 1_815_044_890), ..Options::default() },
        },
        payload: b"!",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "RST, ACK of an aborted connection",
        pseudo: A_TO_B,
        bytes: "ae841b5a d45332f0 83c8575a 8014003f d8db0000 0101080a 49fdc36d 6c2f63aa",
        header: || Header {
            source_port: 44676, destination_port: 7002,
            sequence: SeqNum::new(3_562_222_320), acknowledgment: SeqNum::new(2_210_944_858),
            flags: Flags::RST | Flags::ACK, window: 63, urgent_pointer: 0,
            options: Options { timestamps: timestamps(1_241_367_405, 1_815_045_034), ..Options::default() },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "RST, ACK of a closed port",
        pseudo: B_TO_A,
        bytes: "1b5bed6c 00000000 d070cf43 50140000 f33f0000",
        header: || Header {
            source_port: 7003, destination_port: 60780,
            sequence: SeqNum::new(0), acknowledgment: SeqNum::new(3_497_054_019),
            flags: Flags::RST | Flags::ACK, window: 0, urgent_pointer: 0,
            options: Options::default(),
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, timestamps off",
        pseudo: A_TO_B,
        bytes: "c9ac1b5c de976d1f 00000000 8002faf0 2f490000 020405b4 01010402 0103030a",
        header: || Header {
            source_port: 51628, destination_port: 7004,
            sequence: SeqNum::new(3_734_465_823), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_240, urgent_pointer: 0,
            options: Options {
                mss: Some(1460),
                sack_permitted: true, window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, timestamps, window scale and SACK off",
        pseudo: A_TO_B,
        bytes: "aa4c1b5e 9ed5d367 00000000 6002faf0 51390000 020405b4",
        header: || Header {
            source_port: 43596, destination_port: 7006,
            sequence: SeqNum::new(2_664_813_415), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_240, urgent_pointer: 0,
            options: Options { mss: Some(1460), ..Options::default() },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, window scale and SACK off",
        pseudo: A_TO_B,
        bytes: "e6741b5f 25d7b049 00000000 9002faf0 24a60000 020405b4 0101080a 3da715c8 00000000",
        header: || Header {
            source_port: 58996, destination_port: 7007,
            sequence: SeqNum::new(634_892_361), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_240, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), timestamps: timestamps(1_034_360_264, 0),
                ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "data without options",
        pseudo: A_TO_B,
        bytes: "aa4c1b5e 9ed5d368 d5b3e262 5018faf0 f3080000 47455420 38313932 2e747874 0a",
        header: || Header {
            source_port: 43596, destination_port: 7006,
            sequence: SeqNum::new(2_664_813_416), acknowledgment: SeqNum::new(3_585_335_906),
            flags: Flags::PSH | Flags::ACK, window: 64_240, urgent_pointer: 0,
            options: Options::default(),
        },
        payload: b"GET 8192.txt\n",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN that offers ECN",
        pseudo: A_TO_B,
        bytes: "cdea1b60 64e45518 00000000 a0c2faf0 05020000 020405b4 0402080a 41df4e0f 00000000 0103030a",
        header: || Header {
            source_port: 52714, destination_port: 7008,
            sequence: SeqNum::new(1_692_685_592), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN | Flags::ECE | Flags::CWR, window: 64_240, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), sack_permitted: true, timestamps: timestamps(1_105_153_551, 0),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN, ACK that takes ECN",
        pseudo: B_TO_A,
        bytes: "1b60cdea feb03aac 64e45519 a052fe88 d7a80000 020405b4 0402080a 4795a93d 41df4e0f 0103030a",
        header: || Header {
            source_port: 7008, destination_port: 52714,
            sequence: SeqNum::new(4_272_962_220), acknowledgment: SeqNum::new(1_692_685_593),
            flags: Flags::SYN | Flags::ACK | Flags::ECE, window: 65_160, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), sack_permitted: true, timestamps: timestamps(1_200_990_525, 1_105_153_551),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"",
        encodes: ToTheSameBytes,
    },
    Captured {
        name: "SYN with a fast open cookie, an option we do not know, and data",
        pseudo: A_TO_B,
        bytes: "8d901b61 e7420566 00000000 d002faf0 027e0000 020405b4 0402080a 02da8d94 00000000 0103030a \
            220abb7b 9e8f3b9a 876b0101 47455420 2f666173 74",
        header: || Header {
            source_port: 36240, destination_port: 7009,
            sequence: SeqNum::new(3_879_863_654), acknowledgment: SeqNum::new(0),
            flags: Flags::SYN, window: 64_240, urgent_pointer: 0,
            options: Options {
                mss: Some(1460), sack_permitted: true, timestamps: timestamps(47_877_524, 0),
                window_scale: Some(10), ..Options::default()
            },
        },
        payload: b"GET /fast",
        encodes: ToTheSameValue,
    },
];
