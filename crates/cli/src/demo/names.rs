//! A DNS server that knows one name, for as long as the program runs.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;

use hickory_proto::op::Message;
use hickory_proto::rr::{RData, Record, RecordType};

use super::trouble::{Outcome, While};

/// The name that step 1 looks up, and its address: the seed's.
pub(crate) const HOST: &str = "hsnl.cse.nsysu.edu.tw";
pub(crate) const HOST_ADDRESS: &str = "140.117.172.136";

const ADDRESS: Ipv4Addr = Ipv4Addr::new(140, 117, 172, 136);
const TTL_SECONDS: u32 = 60;

/// Starts it, and says where it listens.
///
/// # Errors
/// There is no UDP port for it.
pub(crate) fn serve() -> Outcome<SocketAddr> {
    let socket = UdpSocket::bind("127.0.0.1:0").while_doing("bind a port for the DNS server")?;
    let address = socket.local_addr().while_doing("ask for the DNS server's port")?;
    thread::spawn(move || {
        let mut query = [0; 1500];
        while let Ok((len, from)) = socket.recv_from(&mut query) {
            if let Some(answer) = answer(&query[..len]) {
                let _asked_again_if_lost = socket.send_to(&answer, from);
            }
        }
    });
    Ok(address)
}

/// The answer to a question, as bytes; none if it is no question.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let asked = question.queries.first()?;
    let name = asked.name().clone();
    let is_known = name.to_ascii().trim_end_matches('.').eq_ignore_ascii_case(HOST);
    let found = (is_known && asked.query_type() == RecordType::A)
        .then(|| Record::from_rdata(name, TTL_SECONDS, RData::A(ADDRESS.into())));
    let mut answer = question.into_response();
    answer.add_answers(found);
    answer.to_vec().ok()
}

#[cfg(test)]
mod tests;
