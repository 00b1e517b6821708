use proptest::prelude::*;

use super::{Calc, MAX_LENGTH, MAX_NESTING, MAX_OPERATORS, evaluate};
use crate::{ErrorCode, ServiceError};

fn refusal(expression: &str) -> ServiceError {
    evaluate(expression).map(|value| panic!("{expression} gave {value}")).unwrap_err().into()
}

#[test]
fn arithmetic_prints_as_a_person_would_write_it() {
    let rows = [
        ("1+1", "2"),
        (" 2 + 3 * 4 ", "14"),
        ("(2+3)*4", "20"),
        ("7/2", "3"),
        ("7/2.0", "3.5"),
        ("7%4", "3"),
        ("-3", "-3"),
        ("2^10", "1024"),
        ("2^0.5", "1.4142135623730951"),
        ("0.1+0.2", "0.30000000000000004"),
        ("10.0*2", "20"),
        ("10.0^300", "1e300"),
        ("1<2", "true"),
        ("9223372036854775807", "9223372036854775807"),
    ];
    for (expression, value) in rows {
        assert_eq!(evaluate(expression).as_deref(), Ok(value), "{expression}");
    }
}

#[test]
fn each_mistake_has_its_own_words() {
    use ErrorCode::{BadExpression, ExpressionTooComplex, NoValue};
    let rows = [
        ("1/0", NoValue, "division by zero"),
        ("1%0", NoValue, "division by zero"),
        ("1.0/0", NoValue, "not a finite number"),
        ("0.0/0", NoValue, "not a finite number"),
        ("10.0^999", NoValue, "not a finite number"),
        ("9223372036854775807+1", NoValue, "too large"),
        ("((((", BadExpression, "parentheses don't match"),
        ("1+1)", BadExpression, "parentheses don't match"),
        (")(", BadExpression, "parentheses don't match"),
        ("", BadExpression, "empty"),
        ("()", BadExpression, "empty"),
        ("1+", BadExpression, "not an arithmetic expression"),
        ("1 2", BadExpression, "not an arithmetic expression"),
        ("x+1", BadExpression, "a variable"),
        ("x=1", BadExpression, "an assignment"),
        ("1;2", BadExpression, "a list"),
        ("1,2", BadExpression, "a list"),
        ("\"a\"+\"b\"", BadExpression, "text"),
        ("str::regex_replace(1)", BadExpression, "a function"),
        ("math::sqrt(2)", BadExpression, "a function"),
        (&"(".repeat(MAX_NESTING + 1), ExpressionTooComplex, "deeper than"),
        (&"9".repeat(MAX_LENGTH + 1), ExpressionTooComplex, "bytes"),
        (&"-".repeat(MAX_OPERATORS + 1), ExpressionTooComplex, "operators"),
    ];
    for (expression, code, words) in rows {
        let error = refusal(expression);
        assert_eq!(error.code, code, "{expression}: {error}");
        assert!(error.message.contains(words), "{expression}: {error}");
    }
}

#[test]
fn the_deepest_accepted_expressions_are_evaluated() {
    let nested = format!("{}1{}", "(".repeat(MAX_NESTING), ")".repeat(MAX_NESTING));
    assert_eq!(evaluate(&nested).as_deref(), Ok("1"));
    assert_eq!(evaluate(&format!("{}1", "-".repeat(MAX_OPERATORS))).as_deref(), Ok("1"));
    assert_eq!(evaluate(&vec!["1"; MAX_OPERATORS + 1].join("^")).as_deref(), Ok("1"));
}

#[tokio::test]
async fn it_runs_beside_the_executor() {
    assert_eq!(Calc::default().evaluate("6*7".to_owned()).await.unwrap(), "42");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[-0-9a-z+*/%^()!<>=&|.,;\" ]{0,80}") {
        let _ = evaluate(&text);
    }

    #[test]
    fn sums_are_right(a in -1_000_000_i64..1_000_000, b in 0_i64..1_000_000) {
        prop_assert_eq!(evaluate(&format!("{a}+{b}")), Ok((a + b).to_string()));
    }
}
