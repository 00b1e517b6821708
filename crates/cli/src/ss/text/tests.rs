use super::*;
use crate::live::testing::{connection, snapshot};

#[test]
fn a_process_has_a_heading_and_each_connection_a_line_and_its_details() {
    let mut second = connection(2);
    second.peer = "[2001:db8::1]:12345".parse().expect("an address");
    second.remote_port = 12345;
    second.counts.retransmissions = 3;
    second.ssthresh = Some(10_000);
    let rates = [(1, Rates { out: 8.2e6, into: 0.0 })].into();
    let look = Look { snapshot: snapshot(vec![connection(1), second]), rates };
    let expected = "\
lucid serve, pid 4711, on 127.0.0.1:12345: 2 connections
State        Recv-Q  Send-Q  Local Address:Port  Peer Address:Port
ESTABLISHED  0       25000   127.0.0.1:12345     127.0.0.1:40000/50001
     cubic ts sack wscale:7,8 rto:220 rtt:20.5/1.25 minrtt:19.875 mss:1448 cwnd:20000 slow_start
     bytes_sent:120000 bytes_acked:100000 bytes_received:0 segs_out:90 segs_in:60 in_flight:20000
     unsent:5000 delivery_rate:8.20MB/s snd_wnd:131072 rcv_wnd:131072 rcv_space:131072
     limited_by:congestion_window
ESTABLISHED  0       25000   127.0.0.1:12345     [2001:db8::1]:12345
     cubic ts sack wscale:7,8 rto:220 rtt:20.5/1.25 minrtt:19.875 mss:1448 cwnd:20000
     ssthresh:10000 slow_start bytes_sent:120000 bytes_acked:100000 bytes_received:0 segs_out:90
     segs_in:60 retrans:3 in_flight:20000 unsent:5000 snd_wnd:131072 rcv_wnd:131072
     rcv_space:131072 limited_by:congestion_window
";
    assert_eq!(process(&look), expected);
}

#[test]
fn a_process_without_connections_has_no_table() {
    let look = Look { snapshot: snapshot(vec![]), rates: [].into() };
    assert_eq!(process(&look), "lucid serve, pid 4711, on 127.0.0.1:12345: 0 connections\n");
}

#[test]
fn times_are_in_milliseconds_as_ss_has_them() {
    assert_eq!([34, 20_500, 220_000, 1_000_000].map(ms), ["0.034", "20.5", "220", "1000"]);
}
