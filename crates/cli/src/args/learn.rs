//! The arguments of `lucid learn`.

use std::path::PathBuf;

use clap::Args;

pub(in crate::args) const LEARN_EXAMPLES: &str = "\
Examples:
  lucid learn
      the lessons, one for each step of lucid demo
  lucid learn step7
      its exercises
  lucid learn step7.1 16504
      is that right? Told by the engine, which runs the changed step in virtual time
  lucid learn step7.1 --show
      the answer, and why

It exits with 1 if an answer isn't right. The pages: docs/learn/ of the source.";

#[derive(Debug, Args)]
pub(crate) struct Learn {
    /// A lesson, such as step7, or one of its exercises, such as step7.1 [default: what there is]
    #[arg(value_name = "EXERCISE")]
    pub(crate) exercise: Option<String>,
    /// Your answer
    #[arg(value_name = "ANSWER", allow_hyphen_values = true)]
    pub(crate) answer: Option<String>,
    /// Show the answer instead
    #[arg(long, conflicts_with = "answer", requires = "exercise")]
    pub(crate) show: bool,
    /// For whoever changes the lessons: write the pictures, excerpts and exercises into the pages in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["exercise", "answer"])]
    pub(crate) write: Option<PathBuf>,
}
