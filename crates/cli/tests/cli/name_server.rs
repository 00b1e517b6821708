//! A DNS server of a few lines: one address for any name, NXDOMAIN for names that begin with `no-`.

use std::net::{SocketAddr, UdpSocket};
use std::thread;

const ADDRESS: [u8; 4] = [140, 117, 172, 136];
const HEADER: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];

/// Starts it on a free port. Its thread ends with the process.
pub(crate) fn start() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = socket.local_addr().expect("bound");
    thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((len, from)) = socket.recv_from(&mut query) {
            if let Some(answer) = answer(&query[..len]) {
                let _lost = socket.send_to(&answer, from);
            }
        }
    });
    address
}

/// RFC 1035 section 4.1: the question again, and one record behind it if it is for an A.
fn answer(query: &[u8]) -> Option<Vec<u8>> {
    let name_len = query.get(HEADER..)?.iter().position(|byte| *byte == 0)? + 1;
    let question = query.get(HEADER..HEADER + name_len + 4)?;
    let exists = !question[1..].starts_with(b"no-");
    let found = exists && question[name_len..].starts_with(&TYPE_A);

    let mut answer = query[..2].to_vec();
    answer.extend([0x81, if exists { 0x80 } else { 0x83 }]);
    answer.extend([0, 1, 0, u8::from(found), 0, 0, 0, 0]);
    answer.extend(question);
    if found {
        // A pointer to the name in the question, A, IN, a minute to live, four bytes.
        answer.extend([0xc0, HEADER as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(ADDRESS);
    }
    Some(answer)
}
