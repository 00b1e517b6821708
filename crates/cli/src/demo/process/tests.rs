use super::*;

const LONG: Duration = Duration::from_secs(60);
/// Enough for a shell to say a word, on a busy machine too.
const SHORT: Duration = Duration::from_secs(1);

fn shell(script: &str, limit: Duration) -> Process {
    Process::start("child", Command::new("sh").args(["-c", script]), limit).unwrap()
}

#[test]
fn what_a_child_says_is_kept_apart_and_in_order() {
    let mut child = shell("echo ready; echo one >&2; echo done; echo two >&2; exit 3", LONG);
    assert_eq!(child.line().unwrap(), "ready");
    let Ended { status, stdout, stderr } = child.wait().unwrap();
    assert_eq!((status.code(), &*stdout), (Some(3), "done\n"));
    let lines: Vec<_> = stderr.iter().map(|said| &*said.line).collect();
    assert_eq!(lines, ["one", "two"]);
    assert!(stderr[0].at <= stderr[1].at);
}

#[test]
fn a_child_that_hangs_is_killed_and_its_last_words_are_told() {
    let hung = shell("echo stuck >&2; exec sleep 60", SHORT).wait().unwrap_err().to_string();
    assert!(hung.contains("the child hung") && hung.contains("stuck"), "{hung}");
    let silent = shell("exec sleep 60", SHORT).line().unwrap_err().to_string();
    assert!(silent.contains("the child hung"), "{silent}");
}

#[test]
fn a_child_that_ends_too_early_is_told_of() {
    let failure = shell("echo no such thing >&2", LONG).line().unwrap_err().to_string();
    assert!(failure.contains("ended before it was ready") && failure.contains("no such thing"), "{failure}");
}

#[test]
fn an_interrupted_child_may_still_say_something() {
    // A shell can't trap what was ignored when it started, as it is in the background of another shell.
    let script = "trap 'echo bye >&2; exit 130' INT; echo ready; while :; do sleep 0.01; done";
    let mut shell = Command::new("env");
    shell.args(["--default-signal=INT", "sh", "-c", script]);
    let mut child = Process::start("child", &mut shell, LONG).unwrap();
    assert_eq!(child.line().unwrap(), "ready");
    let ended = child.interrupt().unwrap();
    assert_eq!((ended.status.code(), &*ended.stderr[0].line), (Some(130), "bye"));
}
