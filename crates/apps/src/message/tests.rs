use super::{ErrorCode, FileInfo, Printable, Reply, Request, ServiceError, Task, Trailer, decode, encode};

fn text(message: &impl serde::Serialize) -> String {
    String::from_utf8(encode(message).unwrap()).unwrap()
}

#[test]
fn requests_look_like_this_on_the_wire() {
    let get = Request::Get { name: "8192.txt".into() };
    assert_eq!(text(&get), r#"{"v":1,"type":"get","name":"8192.txt"}"#);
    assert_eq!(text(&Request::List), r#"{"v":1,"type":"list"}"#);
}

#[test]
fn every_message_is_read_back_as_it_was() {
    let hash = blake3::hash(b"bytes");
    let refused = ServiceError::new(ErrorCode::NotFound, "no such file");
    let requests = [
        Request::List,
        Request::Get { name: "a".into() },
        Request::Put { name: "a".into(), size: u64::MAX, overwrite: true },
        Request::Calc { expression: "1+1".into() },
        Request::Dns { name: "example.org".into() },
    ];
    for request in requests {
        assert_eq!(decode::<Request>(&encode(&request).unwrap()).unwrap(), request);
    }
    let replies = [
        Reply::Files { files: vec![FileInfo { name: "a".into(), size: 1 }], more: true },
        Reply::File { size: 8192 },
        Reply::Proceed,
        Reply::Stored { hash },
        Reply::Value { value: "2".into() },
        Reply::Addresses { addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()] },
        Reply::Error(refused.clone()),
    ];
    for reply in replies {
        assert_eq!(decode::<Reply>(&encode(&reply).unwrap()).unwrap(), reply);
    }
    for trailer in [Trailer::Complete { hash }, Trailer::Failed(refused)] {
        assert_eq!(decode::<Trailer>(&encode(&trailer).unwrap()).unwrap(), trailer);
    }
}

#[test]
fn another_version_is_refused_by_name() {
    let error = decode::<Request>(br#"{"v":2,"type":"teleport"}"#).unwrap_err();
    assert_eq!(error.code, ErrorCode::UnsupportedVersion);
    assert!(error.message.contains("version 2"), "{error}");
}

#[test]
fn what_is_not_a_message_is_a_bad_request() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases = [
        "",
        "\u{0}\u{1}",
        "{}",
        "[1]",
        r#"{"v":1}"#,
        r#"{"v":1,"type":"teleport"}"#,
        r#"{"v":1,"type":"get"}"#,
        r#"{"v":1,"type":"put","name":"a","size":-1,"overwrite":false}"#,
        &deep,
    ];
    for json in cases {
        let error = decode::<Request>(json.as_bytes()).unwrap_err();
        assert_eq!(error.code, ErrorCode::BadRequest, "{json:.40}: {error}");
    }
}

#[test]
fn a_code_from_a_newer_server_is_still_an_error() {
    let json = r#"{"v":1,"type":"error","code":"moon_phase","message":"try at new moon"}"#;
    let Reply::Error(error) = decode(json.as_bytes()).unwrap() else { panic!("not an error") };
    assert_eq!((error.code, error.to_string().as_str()), (ErrorCode::Unknown, "try at new moon"));
}

#[test]
fn tasks_are_named_as_in_a_transcript() {
    let rows = [
        (Task::Get("./files/8192.txt".into()), "File Transfer for ./files/8192.txt"),
        (Task::Calc("1+1".into()), "Calculation of 1+1"),
        (Task::Dns("example.org".into()), "DNS Query for example.org"),
        (Task::Get("a\u{1b}[2J\n".into()), "File Transfer for a\\u{1b}[2J\\n"),
    ];
    for (task, shown) in rows {
        assert_eq!(task.to_string(), shown);
    }
}

#[test]
fn a_peers_text_is_cut_where_it_stops_being_readable() {
    assert_eq!(Printable(&"x".repeat(600)).to_string(), format!("{}...", "x".repeat(512)));
}
