use std::fs;
use std::io;

use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Client, ClientError};
use crate::framing::{read_message, write_message};
use crate::message::encode;
use crate::testing::{World, names_in, pattern};
use crate::{Destination, ErrorCode, LocalError, Reply, Trailer};

/// A server that reads one request, then says these bytes whatever it was, and closes.
fn server_saying(script: Vec<u8>) -> (Client<DuplexStream>, JoinHandle<()>) {
    let (ours, mut theirs) = duplex(64);
    let server = tokio::spawn(async move {
        read_message(&mut theirs).await.unwrap().unwrap();
        // The client may hang up before it has heard all.
        let _ = theirs.write_all(&script).await;
    });
    (Client::new(ours), server)
}

async fn message(body: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_message(&mut bytes, &encode(body).unwrap()).await.unwrap();
    bytes
}

fn file_in(world: &World) -> Destination<'_> {
    Destination::Directory { path: world.local.path(), overwrite: false }
}

/// Every service over one connection, as the step-1 demo does it.
async fn use_everything<S>(client: &mut Client<S>, world: &World)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let content = pattern(300_000);
    let received = client.get("a.bin", file_in(world), |_, _| ()).await.unwrap();
    assert_eq!((received.size, received.hash), (300_000, blake3::hash(&content)));
    assert_eq!(fs::read(received.path.unwrap()).unwrap(), content);
    assert_eq!(client.calc("1+1").await.unwrap(), "2");
    assert!(matches!(client.calc("1/0").await, Err(ClientError::Service(e)) if e.code == ErrorCode::NoValue));
    assert_eq!(client.dns("127.0.0.1").await.unwrap(), [std::net::IpAddr::from([127, 0, 0, 1])]);
    let stored = client.put(&world.local_path("a.bin"), "copy.bin", false, |_, _| ()).await.unwrap();
    assert_eq!(stored.hash, received.hash);
    let mut copy = Vec::new();
    client.get("copy.bin", Destination::Writer(&mut copy), |_, _| ()).await.unwrap();
    assert_eq!(copy, content);
    client.get("empty", file_in(world), |_, _| ()).await.unwrap();
    let names: Vec<_> = client.list().await.unwrap().into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["a.bin", "copy.bin", "empty"]);
    assert_eq!(names_in(world.local.path()), ["a.bin", "empty"]);
}

fn served_world() -> World {
    World::with(&[("a.bin", &pattern(300_000)), ("empty", b"")]).taking_files()
}

#[tokio::test]
async fn every_service_follows_the_others_over_one_pipe() {
    let world = served_world();
    let (mut client, served) = world.client();
    use_everything(&mut client, &world).await;
    drop(client);
    let (outcome, tasks) = served.await.unwrap();
    let summary = outcome.unwrap();
    assert_eq!((summary.requests, summary.refused), (8, 1));
    assert_eq!((summary.bytes_sent, summary.bytes_received), (600_000, 300_000));
    assert_eq!(tasks[0], "File Transfer for a.bin");
    assert_eq!(tasks[3], "DNS Query for 127.0.0.1");
}

#[tokio::test]
async fn every_service_works_over_kernel_tcp() {
    let world = served_world();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let served = world.serve(listener.accept().await.unwrap().0);
    let mut client = Client::new(stream);
    use_everything(&mut client, &world).await;
    client.into_inner().shutdown().await.unwrap();
    assert_eq!(served.await.unwrap().0.unwrap().requests, 8);
}

#[tokio::test]
async fn a_long_list_comes_in_parts_and_whole() {
    let names: Vec<_> = (0..1000).map(|n| format!("{n:04}{}", "\"".repeat(250))).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let world = World::with(&files);
    let (mut client, _served) = world.client();
    let listed: Vec<_> = client.list().await.unwrap().into_iter().map(|file| file.name).collect();
    assert_eq!(listed, names);
}

#[tokio::test]
async fn an_existing_output_is_refused_before_anything_is_asked() {
    let world = World::with(&[("a.txt", b"new")]);
    fs::write(world.local_path("a.txt"), "old").unwrap();
    let (mut client, served) = world.client();
    let error = client.get("a.txt", file_in(&world), |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Local(LocalError::Exists(_))), "{error}");
    assert_eq!(fs::read(world.local_path("a.txt")).unwrap(), b"old");
    let path = world.local_path("a.txt");
    client.get("a.txt", Destination::File { path: &path, overwrite: true }, |_, _| ()).await.unwrap();
    assert_eq!(fs::read(path).unwrap(), b"new");
    drop(client);
    assert_eq!(served.await.unwrap().1, ["File Transfer for a.txt"]);
}

#[tokio::test]
async fn a_missing_file_is_an_answer_and_leaves_nothing() {
    let world = World::with(&[]);
    let (mut client, _served) = world.client();
    let error = client.get("missing", file_in(&world), |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Service(e) if e.code == ErrorCode::NotFound), "{error}");
    assert!(names_in(world.local.path()).is_empty());
    assert_eq!(client.calc("1+1").await.unwrap(), "2");
}

#[tokio::test]
async fn tampered_bytes_never_get_the_name() {
    let world = World::with(&[]);
    let mut script = message(&Reply::File { size: 3 }).await;
    script.extend(b"abX");
    script.extend(message(&Trailer::Complete { hash: blake3::hash(b"abc") }).await);
    let (mut client, server) = server_saying(script);
    let error = client.get("a.txt", file_in(&world), |_, _| ()).await.unwrap_err();
    let ClientError::Integrity { stated, actual, .. } = error else { panic!("{error}") };
    assert_eq!((stated, actual), (blake3::hash(b"abc"), blake3::hash(b"abX")));
    assert!(names_in(world.local.path()).is_empty());
    server.await.unwrap();
}

#[tokio::test]
async fn a_transfer_cut_anywhere_breaks_off_and_leaves_nothing() {
    let world = World::with(&[]);
    let header = message(&Reply::File { size: 3 }).await;
    let mut script = header.clone();
    script.extend(b"abc");
    script.extend(message(&Trailer::Complete { hash: blake3::hash(b"abc") }).await);
    for cut in 0..script.len() {
        let (mut client, server) = server_saying(script[..cut].to_vec());
        let error = client.get("a.txt", file_in(&world), |_, _| ()).await.unwrap_err();
        match (&error, cut.checked_sub(header.len())) {
            (ClientError::Connection(source), None) => {
                assert_eq!(source.kind(), io::ErrorKind::UnexpectedEof);
            }
            (ClientError::BrokeOff { done, size: 3, source, .. }, Some(sent)) => {
                assert_eq!((*done, source.kind()), (sent.min(3) as u64, io::ErrorKind::UnexpectedEof));
            }
            _ => panic!("cut at {cut}: {error}"),
        }
        assert!(names_in(world.local.path()).is_empty(), "cut at {cut}");
        assert!(matches!(client.calc("1+1").await, Err(ClientError::OutOfStep)), "cut at {cut}");
        server.await.unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full() {
    let world = World::with(&[("a.bin", &pattern(100_000))]);
    let (mut client, _served) = world.client();
    let mut full = tokio::fs::OpenOptions::new().write(true).open("/dev/full").await.unwrap();
    let error = client.get("a.bin", Destination::Writer(&mut full), |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Local(LocalError::DiskFull { .. })), "{error}");
    assert!(matches!(client.list().await, Err(ClientError::OutOfStep)));
}

#[tokio::test]
async fn a_dropped_call_leaves_no_file_and_a_client_that_knows() {
    let world = World::with(&[]);
    let (ours, mut theirs) = duplex(64);
    let half = [message(&Reply::File { size: 1000 }).await, vec![0; 10]].concat();
    theirs.write_all(&half).await.unwrap();
    let mut client = Client::new(ours);
    let (heard, mut hears) = mpsc::unbounded_channel();
    let begun = |done, _| {
        if done > 0 {
            heard.send(()).unwrap();
        }
    };
    tokio::select! {
        got = client.get("a.txt", file_in(&world), begun) => panic!("{got:?}"),
        _ = hears.recv() => {}
    }
    assert!(names_in(world.local.path()).is_empty());
    assert!(matches!(client.calc("1+1").await, Err(ClientError::OutOfStep)));
}

#[tokio::test]
async fn a_server_that_talks_nonsense_is_told_from_one_that_refuses() {
    let scripts = [
        message(&Reply::Proceed).await,
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        [0, 0, 0, 2, b'{', b'}'].to_vec(),
    ];
    for script in scripts {
        let (mut client, _server) = server_saying(script);
        let error = client.calc("1+1").await.unwrap_err();
        assert!(matches!(&error, ClientError::Protocol(_)), "{error}");
    }
}

#[tokio::test]
async fn a_request_over_the_bound_is_not_sent_and_harms_nothing() {
    let world = World::with(&[]);
    let (mut client, _served) = world.client();
    let error = client.calc(&"1".repeat(crate::MAX_MESSAGE)).await.unwrap_err();
    assert!(matches!(&error, ClientError::Protocol(_)), "{error}");
    assert_eq!(client.calc("1+1").await.unwrap(), "2");
}

#[tokio::test]
async fn refused_uploads_cost_no_bytes_and_the_connection_lives_on() {
    let world = World::with(&[]);
    fs::write(world.local_path("a"), "content").unwrap();
    let (mut client, served) = world.client();
    let error = client.put(&world.local_path("a"), "a", false, |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Service(e) if e.code == ErrorCode::UploadsOff), "{error}");
    let error = client.put(&world.local_path("missing"), "a", false, |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Local(_)), "{error}");
    let error = client.put(world.local.path(), "a", false, |_, _| ()).await.unwrap_err();
    assert!(matches!(&error, ClientError::Local(LocalError::NotAFile(_))), "{error}");
    assert_eq!(client.calc("1+1").await.unwrap(), "2");
    drop(client);
    assert_eq!(served.await.unwrap().0.unwrap().bytes_received, 0);
}

#[tokio::test]
async fn a_file_that_changes_while_sent_is_not_stored() {
    let world = World::with(&[]).taking_files();
    let path = world.local_path("log");
    fs::write(&path, pattern(200_000)).unwrap();
    let (mut client, _served) = world.client();
    let shrink = |done, _| {
        if done == 0 {
            fs::File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
        }
    };
    let error = client.put(&path, "log", false, shrink).await.unwrap_err();
    assert!(matches!(&error, ClientError::Local(LocalError::Changed(_))), "{error}");
    assert!(names_in(world.served.path()).is_empty());
    assert_eq!(client.calc("1+1").await.unwrap(), "2");
}
