use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::*;

fn parse(line: &str) -> Result<Command, clap::Error> {
    CommandLine::try_parse_from(line.split(' ')).map(|line| line.command)
}

fn refused(line: &str) -> String {
    parse(line).expect_err(line).to_string()
}

#[test]
fn the_definition_holds_together() {
    CommandLine::command().debug_assert();
}

#[test]
fn wishes_keep_the_order_of_the_command_line() {
    let line = "lucid client --dns a.example --file x --cal 1+1 --file y --output out --cal -1";
    let Ok(Command::Client(client)) = parse(line) else { panic!("{line}") };
    let wishes = [
        Wish::Dns("a.example".into()),
        Wish::File("x".into()),
        Wish::Cal("1+1".into()),
        Wish::File("y".into()),
        Wish::Cal("-1".into()),
    ];
    assert_eq!(client.wishes.0, wishes);
    assert_eq!(client.output, PathBuf::from("out"));
}

#[test]
fn an_expression_may_begin_with_a_minus() {
    let Ok(Command::Calc(calc)) = parse("lucid calc -1+2 --quiet") else { panic!("a calc") };
    assert_eq!(calc.expression, "-1+2");
    assert!(calc.ask.seeing.quiet);
}

#[test]
fn an_address_may_leave_its_usual_port_out() {
    assert_eq!(address_with_port::<53>("9.9.9.9"), Ok("9.9.9.9:53".parse().unwrap()));
    assert_eq!(address_with_port::<53>("127.0.0.1:5353"), Ok("127.0.0.1:5353".parse().unwrap()));
    assert_eq!(address_with_port::<0>("::1"), Ok("[::1]:0".parse().unwrap()));
    assert!(address_with_port::<53>("example.org").is_err());
}

#[test]
fn a_bad_value_is_refused_by_name_and_with_an_example() {
    let table = [
        ("lucid ls --loss 120%", "--loss", "between 0% and 100%"),
        ("lucid ls --delay 20", "--delay", "a time needs a unit"),
        ("lucid ls --drop data:0", "--drop", "packets count from 1"),
        ("lucid ls --rate fast", "--rate", "a rate needs a unit"),
        ("lucid ls --profile old", "--profile", "choose classic or modern"),
        ("lucid ls --mss 10", "--mss", "48..=65000"),
        ("lucid ls --set nagle", "--set", "write NAME=VALUE"),
        ("lucid ls --impair up", "--impair", "possible values: out, in, both"),
        ("lucid serve --nameserver x", "--nameserver", "not an IP address"),
    ];
    for (line, flag, why) in table {
        let error = refused(line);
        assert!(error.contains(flag) && error.contains(why), "{line}\n{error}");
    }
}

#[test]
fn lucid_alone_shows_its_help() {
    let error = parse("lucid").expect_err("nothing to do");
    assert_eq!(error.kind(), ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand);
    assert!(error.to_string().contains("lucid serve --root files"));
}

#[test]
fn help_is_grouped() {
    let help = refused("lucid get --help");
    for heading in ["Server:", "TCP:", "Faults", "Seeing:"] {
        assert!(help.contains(heading), "{heading}\n{help}");
    }
}
