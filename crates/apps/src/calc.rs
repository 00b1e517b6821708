//! The calculator: arithmetic, and nothing that could run long or reach out.

use std::time::Duration;

use evalexpr::{EvalexprError, Node, Operator, Value, build_operator_tree};
use thiserror::Error;
use tokio::time::timeout;

use crate::files::blocking;
use crate::message::Printable;
use crate::{ErrorCode, ServiceError};

/// The longest expression, in bytes.
const MAX_LENGTH: usize = 512;
/// The deepest nesting of parentheses.
const MAX_NESTING: usize = 64;
/// The most operator characters. With the nesting it bounds the depth of the tree that is walked.
const MAX_OPERATORS: usize = 128;
/// How long an evaluation may take. The limits above keep it far below a millisecond of work; this
/// one is for a machine that is out of threads.
const PATIENCE: Duration = Duration::from_secs(2);

/// Evaluates arithmetic over integers (64 bits) and floats: `+ - * / % ^`, parentheses,
/// comparisons, `&& || !`. No variables, assignments, functions or strings.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Calc {}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum CalcError {
    #[error("the expression is empty; give one such as 1+1")]
    Empty,
    #[error("the expression has {0} bytes and {MAX_LENGTH} is the most; split it")]
    TooLong(usize),
    #[error("the expression is nested deeper than {MAX_NESTING} parentheses; simplify it")]
    TooDeep,
    #[error("the expression has more than {MAX_OPERATORS} operators; split it")]
    TooManyOperators,
    #[error("`{}`: the parentheses don't match; close each one that is opened", Printable(.0))]
    Unbalanced(String),
    #[error("`{}`: division by zero has no value; check the divisor", Printable(.0))]
    DivisionByZero(String),
    #[error("`{}`: the result is too large for a number here; use smaller ones, or floats such as 2.0", Printable(.0))]
    Overflow(String),
    #[error("`{}`: the result is not a finite number: a division by zero, or too large; check it", Printable(.0))]
    NotFinite(String),
    #[error("`{}`: {what} can't be used here; only numbers, + - * / % ^, comparisons and parentheses", Printable(.expression))]
    Refused { expression: String, what: &'static str },
    #[error("`{}` is not an arithmetic expression ({why}); write one such as (1+2)*3", Printable(.expression))]
    Malformed { expression: String, why: String },
}

impl Calc {
    /// The value of `expression`, as text. It runs on a blocking thread, for a bounded time.
    pub(crate) async fn evaluate(&self, expression: String) -> Result<String, ServiceError> {
        let late = |_| {
            let why = format!(
                "the calculation took over {} s: the server is overloaded; try again",
                PATIENCE.as_secs()
            );
            ServiceError::new(ErrorCode::CalcTimeout, why)
        };
        let value = timeout(PATIENCE, blocking(move || evaluate(&expression))).await.map_err(late)??;
        value.map_err(ServiceError::from)
    }
}

fn evaluate(expression: &str) -> Result<String, CalcError> {
    check_limits(expression)?;
    let failed = |error: EvalexprError| sort(expression, &error);
    let tree = build_operator_tree(expression).map_err(failed)?;
    tree.iter().try_for_each(|node| check_operator(expression, node))?;
    print(expression, &tree.eval().map_err(failed)?)
}

/// Bounds the work before the parser sees any of it.
fn check_limits(expression: &str) -> Result<(), CalcError> {
    if expression.len() > MAX_LENGTH {
        return Err(CalcError::TooLong(expression.len()));
    }
    let (mut open, mut operators) = (0_usize, 0);
    for c in expression.chars() {
        match c {
            '(' => open += 1,
            ')' => open = open.checked_sub(1).ok_or_else(|| CalcError::Unbalanced(expression.to_owned()))?,
            '+' | '-' | '*' | '/' | '%' | '^' | '!' | '<' | '>' | '=' | '&' | '|' | ',' | ';' => {
                operators += 1;
            }
            _ => {}
        }
        if open > MAX_NESTING {
            return Err(CalcError::TooDeep);
        }
    }
    if open > 0 {
        return Err(CalcError::Unbalanced(expression.to_owned()));
    }
    if operators > MAX_OPERATORS { Err(CalcError::TooManyOperators) } else { Ok(()) }
}

/// Lets only arithmetic through: what is not on this list can't be evaluated, whatever it is.
fn check_operator(expression: &str, node: &Node) -> Result<(), CalcError> {
    use Operator::{
        Add, And, Chain, Const, Div, Eq, Exp, FunctionIdentifier, Geq, Gt, Leq, Lt, Mod, Mul, Neg, Neq, Not,
        Or, RootNode, Sub, Tuple, VariableIdentifierRead,
    };
    let what = match node.operator() {
        RootNode | Add | Sub | Neg | Mul | Div | Mod | Exp => return Ok(()),
        Eq | Neq | Gt | Lt | Geq | Leq | And | Or | Not => return Ok(()),
        Const { value: Value::Int(_) | Value::Float(_) | Value::Boolean(_) } => return Ok(()),
        Const { .. } => "text",
        VariableIdentifierRead { .. } => "a variable",
        FunctionIdentifier { .. } => "a function",
        Tuple | Chain => "a list",
        _ => "an assignment",
    };
    Err(CalcError::Refused { expression: expression.to_owned(), what })
}

/// Our words for the evaluator's errors.
fn sort(expression: &str, error: &EvalexprError) -> CalcError {
    use EvalexprError::{
        AdditionError, DivisionError, ModulationError, MultiplicationError, NegationError, SubtractionError,
        UnmatchedLBrace, UnmatchedRBrace,
    };
    let expression = expression.to_owned();
    match error {
        DivisionError { divisor: Value::Int(0), .. } | ModulationError { divisor: Value::Int(0), .. } => {
            CalcError::DivisionByZero(expression)
        }
        AdditionError { .. }
        | SubtractionError { .. }
        | MultiplicationError { .. }
        | NegationError { .. } => CalcError::Overflow(expression),
        DivisionError { .. } | ModulationError { .. } => CalcError::Overflow(expression),
        UnmatchedLBrace | UnmatchedRBrace => CalcError::Unbalanced(expression),
        other => CalcError::Malformed { expression, why: other.to_string() },
    }
}

/// Integers as integers; floats with the digits they need, and an exponent where digits abound.
fn print(expression: &str, value: &Value) -> Result<String, CalcError> {
    match value {
        Value::Int(int) => Ok(int.to_string()),
        Value::Boolean(boolean) => Ok(boolean.to_string()),
        Value::Float(float) if !float.is_finite() => Err(CalcError::NotFinite(expression.to_owned())),
        Value::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => Ok(format!("{float}")),
        Value::Float(float) => Ok(format!("{float:?}")),
        _ => Err(CalcError::Empty),
    }
}

impl From<CalcError> for ServiceError {
    fn from(error: CalcError) -> Self {
        let code = match error {
            CalcError::TooLong(_) | CalcError::TooDeep | CalcError::TooManyOperators => {
                ErrorCode::ExpressionTooComplex
            }
            CalcError::DivisionByZero(_) | CalcError::Overflow(_) | CalcError::NotFinite(_) => {
                ErrorCode::NoValue
            }
            _ => ErrorCode::BadExpression,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
