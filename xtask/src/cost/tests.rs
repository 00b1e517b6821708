use super::*;

const PROFILE: &str = "\
fn=(1) main
5 10
cfi=(3) door.rs
cfn=(2) cost::door::arrive
calls=7 -74
* 1000
cfn=(4) cost::door::arrives
calls=1 2
* 9

fn=(5) elsewhere
cfn=(2)
calls=1 3
12 234
";

#[test]
fn all_calls_of_a_function_count_and_no_other_function_does() {
    assert_eq!(inclusive(PROFILE, "cost::door::arrive"), 1234.0);
    assert_eq!(inclusive(PROFILE, "cost::door::tick"), 0.0);
}
