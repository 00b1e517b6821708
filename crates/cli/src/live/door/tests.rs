use std::os::unix::fs::{MetadataExt, PermissionsExt};

use lucid_conn::{Endpoint, Listener};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::live::attach::Attached;

fn private() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).expect("ours");
    directory
}

async fn watched() -> (Watched, Listener) {
    let listener = Listener::bind("127.0.0.1:0").await.expect("a socket");
    let endpoint: Endpoint = listener.endpoint().clone();
    (Watched::new(endpoint, "serve", 0), listener)
}

fn open(directory: &Path, pid: u32, watched: Watched) -> Door {
    let (listener, path) = listen(directory, pid).expect("a socket");
    let listener = UnixListener::from_std(listener).expect("a runtime");
    Door { path, answering: tokio::spawn(answer_all(listener, watched)) }
}

#[tokio::test]
async fn a_door_is_its_owner_s_alone_and_goes_with_its_process() {
    let directory = private();
    let (watched, _listener) = watched().await;
    drop(StdListener::bind(place::socket(directory.path(), 1)).expect("one of a dead process"));
    let door = open(directory.path(), 7, watched);
    let names = || place::sockets(directory.path()).into_iter().map(|(pid, _)| pid).collect::<Vec<_>>();
    assert_eq!(names(), [7]);
    assert_eq!(fs::metadata(&door.path).expect("it is there").mode() & 0o777, 0o600);
    drop(door);
    assert_eq!(names(), Vec::<u32>::new());
}

#[tokio::test]
async fn it_answers_as_often_as_it_is_asked_with_all_connections() {
    let directory = private();
    let (watched, listener) = watched().await;
    let door = open(directory.path(), 7, watched);
    let mut attached = Attached::open(7, &door.path).await.expect("it listens");
    let server = listener.local_addr().expect("it is bound");
    let mut streams = Vec::new();
    for count in 0..100 {
        let snapshot = attached.snapshot().await.expect("an answer");
        let [served, process] = [snapshot.process.local, server];
        assert_eq!((served, snapshot.process.pid), (process, std::process::id()));
        assert_eq!(snapshot.connections.len(), count);
        assert!(snapshot.connections.windows(2).all(|pair| pair[0].conn < pair[1].conn));
        let client = lucid_conn::Stream::connect(server);
        let (client, served) = tokio::join!(client, listener.accept());
        streams.push((client.expect("it opens"), served.expect("it is accepted")));
    }
}

#[tokio::test]
async fn odd_questions_get_an_answer_that_says_so() {
    let directory = private();
    let (watched, _listener) = watched().await;
    let door = open(directory.path(), 7, watched);
    let long = format!("{}\n", "x".repeat(100_000));
    let table = [
        ("{\"version\":2,\"ask\":\"snapshot\"}\n", "this lucid speaks version 1 here, not 2"),
        ("hello\n", "not a question"),
        (&long, "not a question"),
    ];
    for (question, answer) in table {
        let mut stream = UnixStream::connect(&door.path).await.expect("it listens");
        // It may hang up before it has read all that is too long.
        let _written = stream.write_all(question.as_bytes()).await;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await.expect("a line");
        assert!(line.contains("\"type\":\"error\"") && line.contains(answer), "{line}");
    }
}
