use super::*;

#[test]
fn a_changed_flag_takes_the_place_of_the_steps_own() {
    let own = ["--profile", "classic", "--drop", "data:132", "--rate", "2mbit"];
    let changes =
        Changes { drop: Some("data:100".into()), set: vec!["ack_delay=100ms".into()], ..Changes::default() };
    assert_eq!(
        changes.in_server(&own).join(" "),
        "--profile classic --rate 2mbit --drop data:100 --set ack_delay=100ms"
    );
    assert_eq!(changes.in_client(&["--file", "x"]).join(" "), "--file x --set ack_delay=100ms");
    let without = Changes { drop: Some(NONE.into()), ..Changes::default() };
    assert_eq!(without.in_server(&own).join(" "), "--profile classic --rate 2mbit");
    assert_eq!(Changes::default().in_server(&own), own);
}

#[test]
fn what_is_no_parameter_is_refused_by_name() {
    assert!(parameter("ack_dely=100ms").unwrap_err().contains("ack_dely"));
    assert!(parameter("ack_delay=soon").is_err());
    assert!(parameter("ack_delay").unwrap_err().contains("NAME=VALUE"));
}
