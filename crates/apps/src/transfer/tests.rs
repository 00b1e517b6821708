use std::io;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, duplex};
use tokio::runtime::Runtime;

use super::{CHUNK, ReceiveError, SourceFault, receive, send};
use crate::testing::{Did, Recorder, pattern};

#[tokio::test]
async fn a_file_goes_out_in_the_largest_writes_there_are() {
    for (size, writes) in [
        (8192, vec![Did::Write(8192), Did::Flush]),
        (2 * CHUNK + 1, vec![Did::Write(CHUNK), Did::Write(CHUNK), Did::Write(1), Did::Flush]),
        (0, vec![Did::Flush]),
    ] {
        let bytes = pattern(size);
        // A source that gives a little at a time must not lead to little writes.
        let (near, mut far) = duplex(100);
        let mut stream = Recorder::default();
        let source = tokio::spawn({
            let bytes = bytes.clone();
            async move { tokio::io::copy(&mut bytes.as_slice(), &mut { near }).await }
        });
        let sent = send(&mut stream, &mut far, size as u64, |_, _| ()).await.unwrap();
        assert_eq!(stream.did, writes);
        assert_eq!(sent.hash, blake3::hash(&bytes));
        assert!(sent.fault.is_none());
        source.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_file_that_ends_early_is_filled_up_and_reported() {
    let mut stream = Vec::new();
    let sent = send(&mut stream, &mut b"abc".as_slice(), 100_000, |_, _| ()).await.unwrap();
    assert!(matches!(sent.fault, Some(SourceFault::EndedAt(3))), "{:?}", sent.fault);
    assert_eq!(stream.len(), 100_000);
    assert!(stream.starts_with(b"abc\0\0") && stream[3..].iter().all(|byte| *byte == 0));
}

#[tokio::test]
async fn what_could_not_be_taken_says_on_which_side_and_where() {
    let error = receive(&mut b"abc".as_slice(), 5, &mut Vec::new(), |_, _| ()).await.unwrap_err();
    let ReceiveError::Stream { received: 3, source } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::UnexpectedEof);

    let mut full = tokio::fs::OpenOptions::new().write(true).open("/dev/full").await.unwrap();
    let error = receive(&mut b"abcde".as_slice(), 5, &mut full, |_, _| ()).await.unwrap_err();
    let ReceiveError::Sink { received: 5, source } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn progress_runs_from_nothing_to_all() {
    let bytes = pattern(2 * CHUNK + 5);
    let size = bytes.len() as u64;
    let (mut sending, mut receiving, mut stream) = (Vec::new(), Vec::new(), Vec::new());
    send(&mut stream, &mut bytes.as_slice(), size, |done, of| sending.push((done, of))).await.unwrap();
    let mut kept = Vec::new();
    receive(&mut stream.as_slice(), size, &mut kept, |done, of| receiving.push((done, of))).await.unwrap();
    for heard in [sending, receiving] {
        assert_eq!((heard.first(), heard.last()), (Some(&(0, size)), Some(&(size, size))));
        assert!(heard.is_sorted() && heard.len() >= 3, "{heard:?}");
    }
}

proptest! {
    #[test]
    fn what_arrives_is_what_was_sent_and_no_more(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
        after in prop::collection::vec(any::<u8>(), 0..50),
        pipe in 1_usize..500,
    ) {
        Runtime::new().unwrap().block_on(async {
            let (mut near, mut far) = duplex(pipe);
            let (sent, rest) = (bytes.clone(), after.clone());
            let sender = tokio::spawn(async move {
                let file = send(&mut near, &mut sent.as_slice(), sent.len() as u64, |_, _| ()).await.unwrap();
                tokio::io::AsyncWriteExt::write_all(&mut near, &rest).await.unwrap();
                file.hash
            });
            let mut kept = Vec::new();
            let hash = receive(&mut far, bytes.len() as u64, &mut kept, |_, _| ()).await.unwrap();
            let mut left = Vec::new();
            far.read_to_end(&mut left).await.unwrap();
            assert_eq!((&kept, &left), (&bytes, &after));
            assert_eq!(hash, sender.await.unwrap());
        });
    }
}
