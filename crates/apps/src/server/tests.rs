use std::fs;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ServeError, Summary, serve};
use crate::framing::{FrameError, read_message, write_message};
use crate::testing::{Did, Recorder, World, ask_raw, names_in, pattern, read_reply};
use crate::{ErrorCode, Reply, Trailer};

fn code(reply: &Reply) -> ErrorCode {
    let Reply::Error(error) = reply else { panic!("not refused: {reply:?}") };
    assert!(!error.message.chars().any(char::is_control) || error.to_string().contains('\\'), "{error:?}");
    error.code
}

async fn read_trailer(stream: &mut tokio::io::DuplexStream) -> Trailer {
    serde_json::from_slice(&read_message(stream).await.unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn a_refused_request_is_an_answer_and_the_connection_lives_on() {
    let world = World::with(&[("a.txt", b"content")]);
    fs::create_dir(world.served.path().join("folder")).unwrap();
    let (mut stream, served) = world.pipe();
    let rows = [
        (r#"{"v":1,"type":"get","name":"../../etc/passwd"}"#, ErrorCode::OutsideRoot),
        (r#"{"v":1,"type":"get","name":"/etc/passwd"}"#, ErrorCode::OutsideRoot),
        (r#"{"v":1,"type":"get","name":"folder"}"#, ErrorCode::NotAFile),
        (r#"{"v":1,"type":"get","name":"missing"}"#, ErrorCode::NotFound),
        (r#"{"v":1,"type":"get","name":"a\u0000b"}"#, ErrorCode::BadFileName),
        (r#"{"v":1,"type":"get","name":"a\nb"}"#, ErrorCode::BadFileName),
        (r#"{"v":1,"type":"put","name":"b","size":1,"overwrite":false}"#, ErrorCode::UploadsOff),
        (r#"{"v":1,"type":"calc","expression":"1/0"}"#, ErrorCode::NoValue),
        (r#"{"v":1,"type":"calc","expression":"(((("}"#, ErrorCode::BadExpression),
        (r#"{"v":1,"type":"dns","name":"not a name"}"#, ErrorCode::BadHostName),
        (r#"{"v":1,"type":"dns","name":"www.test"}"#, ErrorCode::DnsNoAnswer),
        (r#"{"v":1,"type":"teleport"}"#, ErrorCode::BadRequest),
        (r#"{"v":9,"type":"list"}"#, ErrorCode::UnsupportedVersion),
        ("\u{0}\u{7f}garbage", ErrorCode::BadRequest),
    ];
    for (json, expected) in &rows {
        assert_eq!(code(&ask_raw(&mut stream, json).await), *expected, "{json}");
    }
    let value = ask_raw(&mut stream, r#"{"v":1,"type":"calc","expression":"1+1"}"#).await;
    assert_eq!(value, Reply::Value { value: "2".into() });
    drop(stream);
    let (outcome, tasks) = served.await.unwrap();
    let refused = rows.len() as u64;
    assert_eq!(outcome.unwrap(), Summary { requests: refused + 1, refused, ..Summary::default() });
    assert_eq!(tasks[0], "File Transfer for ../../etc/passwd");
    assert_eq!(tasks.last().unwrap(), "Calculation of 1+1");
}

#[tokio::test]
async fn an_announced_length_over_the_bound_is_answered_and_ends_it() {
    for opening in [b"GET / HTTP/1.1".as_slice(), &[0xff; 64], &[0, 1, 0, 1]] {
        let world = World::with(&[]);
        let (mut stream, served) = world.pipe();
        stream.write_all(opening).await.unwrap();
        assert_eq!(code(&read_reply(&mut stream).await), ErrorCode::TooLong);
        let (outcome, _) = served.await.unwrap();
        assert!(matches!(outcome, Err(ServeError::Message(FrameError::TooLong { .. }))), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_end_inside_a_request_is_an_error() {
    let world = World::with(&[]);
    let (mut stream, served) = world.pipe();
    stream.write_all(&[0, 0, 0, 9, b'{']).await.unwrap();
    drop(stream);
    let (outcome, _) = served.await.unwrap();
    let truncated = FrameError::Truncated { got: 1, expected: 9 };
    assert_eq!(outcome.unwrap_err().to_string(), truncated.to_string());
}

#[tokio::test]
async fn a_small_file_follows_its_hash_and_nothing_follows_it() {
    let content = pattern(8192);
    let world = World::with(&[("8192.txt", &content)]);
    let (mut stream, _served) = world.pipe();
    let get = r#"{"v":1,"type":"get","name":"./8192.txt"}"#;
    for _ in 0..2 {
        let header = ask_raw(&mut stream, get).await;
        assert_eq!(header, Reply::SmallFile { size: 8192, hash: blake3::hash(&content) });
        let mut bytes = vec![0; 8192];
        stream.read_exact(&mut bytes).await.unwrap();
        assert_eq!(bytes, content);
    }
}

#[tokio::test]
async fn a_large_file_follows_its_header_raw_and_its_hash_follows_the_file() {
    let content = pattern(64 * 1024 + 1);
    let world = World::with(&[("large", &content)]);
    let (mut stream, _served) = world.pipe();
    let header = ask_raw(&mut stream, r#"{"v":1,"type":"get","name":"large"}"#).await;
    assert_eq!(header, Reply::File { size: 64 * 1024 + 1 });
    let mut bytes = vec![0; content.len()];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(bytes, content);
    assert_eq!(read_trailer(&mut stream).await, Trailer::Complete { hash: blake3::hash(&content) });
}

/// A TCP below can then cut the file from its first byte to its last: 8192 = 8 x 1004 + 160.
#[tokio::test]
async fn header_and_bytes_are_flushed_one_by_one() {
    let world = World::with(&[("8192.txt", &pattern(8192))]);
    let mut stream = Recorder::default();
    let get = br#"{"v":1,"type":"get","name":"8192.txt"}"#;
    write_message(stream.to_read.get_mut(), get).await.unwrap();
    serve(&mut stream, &world.services, |_| ()).await.unwrap();
    let [Did::Write(_), Did::Flush, Did::Write(8192), Did::Flush] = &stream.did[..] else {
        panic!("{:?}", stream.did)
    };
}

#[tokio::test]
async fn a_file_that_shrinks_while_sent_is_never_silently_short() {
    let size = 1_000_000;
    let world = World::with(&[("log", &pattern(size))]);
    let (mut stream, served) = world.pipe();
    ask_raw(&mut stream, r#"{"v":1,"type":"get","name":"log"}"#).await;
    fs::File::options().write(true).open(world.served.path().join("log")).unwrap().set_len(0).unwrap();
    stream.read_exact(&mut vec![0; size]).await.unwrap();
    let Trailer::Failed(error) = read_trailer(&mut stream).await else { panic!("passed off as whole") };
    assert_eq!(error.code, ErrorCode::FileChanged);
    drop(stream);
    assert_eq!(served.await.unwrap().0.unwrap().refused, 1);
}

#[tokio::test]
async fn an_upload_with_a_wrong_hash_or_a_sorry_sender_is_not_kept() {
    let world = World::with(&[]).taking_files();
    let (mut stream, served) = world.pipe();
    let wrong = format!(r#"{{"v":1,"type":"complete","hash":"{}"}}"#, blake3::hash(b"abd"));
    let sorry = r#"{"v":1,"type":"failed","code":"file_changed","message":"sorry"}"#;
    for (trailer, expected) in [
        (wrong.as_str(), ErrorCode::HashMismatch),
        (sorry, ErrorCode::FileChanged),
        ("{}", ErrorCode::BadRequest),
    ] {
        let leave =
            ask_raw(&mut stream, r#"{"v":1,"type":"put","name":"a","size":3,"overwrite":false}"#).await;
        assert_eq!(leave, Reply::Proceed);
        stream.write_all(b"abc").await.unwrap();
        assert_eq!(code(&ask_raw(&mut stream, trailer).await), expected);
        assert!(names_in(world.served.path()).is_empty());
    }
    drop(stream);
    assert_eq!(served.await.unwrap().0.unwrap().bytes_received, 9);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::with(&[]).taking_files();
    let (mut stream, served) = world.pipe();
    // A size nobody could hold: nothing is set aside for it.
    let huge = format!(r#"{{"v":1,"type":"put","name":"a","size":{},"overwrite":false}}"#, u64::MAX);
    assert_eq!(ask_raw(&mut stream, &huge).await, Reply::Proceed);
    stream.write_all(b"abc").await.unwrap();
    drop(stream);
    let (outcome, _) = served.await.unwrap();
    assert!(matches!(outcome, Err(ServeError::BrokeOff { received: 3, size: u64::MAX, .. })), "{outcome:?}");
    assert!(names_in(world.served.path()).is_empty());
}

#[tokio::test]
async fn an_upload_that_ends_before_its_hash_leaves_nothing() {
    let world = World::with(&[]).taking_files();
    let (mut stream, served) = world.pipe();
    let put = r#"{"v":1,"type":"put","name":"a","size":3,"overwrite":false}"#;
    write_message(&mut stream, put.as_bytes()).await.unwrap();
    stream.write_all(b"abc").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut replies = Vec::new();
    stream.read_to_end(&mut replies).await.unwrap();
    assert!(served.await.unwrap().0.is_err());
    assert!(names_in(world.served.path()).is_empty());
}
