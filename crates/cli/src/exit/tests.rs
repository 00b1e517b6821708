use super::*;

#[test]
fn the_numbers_are_those_that_the_help_promises() {
    let table = [
        (Exit::Ok, 0),
        (Exit::Other, 1),
        (Exit::Usage, 2),
        (Exit::Unreachable, 3),
        (Exit::NoAnswer, 4),
        (Exit::Refused, 5),
        (Exit::BrokeOff, 6),
        (Exit::Mismatch, 7),
        (Exit::LocalFile, 8),
        (Exit::Interrupted, 130),
        (Exit::Terminated, 143),
    ];
    for (exit, number) in table {
        assert_eq!(u8::from(exit), number);
        assert_eq!(serde_json::to_value(exit).unwrap(), number);
    }
}

#[test]
fn a_failure_says_what_failed_why_and_what_to_do_next() {
    let failure = Failure::new(Exit::NoAnswer, "no answer from x").because("silent for 5 s").try_this("wait");
    assert_eq!(failure.to_string(), "no answer from x\n  cause: silent for 5 s\n  next:  wait");
    assert_eq!(Failure::new(Exit::Other, "it failed").to_string(), "it failed");
}
