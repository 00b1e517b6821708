//! One run of `crates/conn/examples/cost` under valgrind, and what was counted of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::error::{Failure, Outcome, While};
use crate::programs::executable;

/// What counts goes on for so many segments.
const COUNTED: u64 = 20_000;
/// The C library has a memcpy for each kind of CPU. This has it take the one that every CPU can run; what it doesn't know of
/// these it passes over.
const ANY_CPU: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,\
                       -SSSE3,-Fast_Unaligned_Copy";

/// What is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) half: &'static str,
    /// None: the half has no use for one.
    pub(super) controller: &'static str,
    /// In segments.
    pub(super) window: u64,
    pub(super) gaps: u64,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { half, controller, window, gaps } = self;
        let space = if controller.is_empty() { "" } else { " " };
        write!(f, "{half}{space}{controller}, window {window}, {gaps} gaps")
    }
}

/// What one run cost.
pub(super) struct Cost {
    /// For each datagram that arrived.
    pub(super) arriving: f64,
    /// For each segment that left, with the timers that made it leave.
    pub(super) leaving: f64,
    /// For each datagram that arrived: to make it, and to read it. The engine does the latter as part of `arriving`.
    pub(super) encoding: f64,
    pub(super) decoding: f64,
    /// How much was outstanding, and how many gaps there were, on the average.
    pub(super) window: f64,
    pub(super) gaps: f64,
}

/// The program whose instructions are counted, and a place for the counts.
pub(super) struct Counter {
    program: PathBuf,
    place: TempDir,
}

impl Counter {
    pub(super) fn build() -> Outcome<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--release", "--package", "lucid-conn", "--example", "cost"]);
        build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
        let built = build.output().while_doing("run cargo")?;
        let said = String::from_utf8_lossy(&built.stdout);
        let program = said.lines().find_map(|line| executable(line, "cost"));
        let program = program.filter(|_| built.status.success());
        let program = program.ok_or_else(|| Failure::new("the example could not be built"))?;
        let place = tempfile::tempdir().while_doing("make a place for what is counted")?;
        Ok(Self { program, place })
    }

    pub(super) fn measure(&self, run: Run) -> Outcome<Cost> {
        let counted = self.count(run)?;
        let of = |name: &str| counted.of(name);
        let arrived = of("arrived")?;
        Ok(Cost {
            arriving: of("arrive")? / arrived,
            leaving: (of("leave")? + of("tick")?) / of("sent")?,
            encoding: of("encode")? / arrived,
            decoding: of("decode")? / arrived,
            window: of("windows")? / arrived,
            gaps: of("holes")? / arrived,
        })
    }

    fn count(&self, run: Run) -> Outcome<Counted> {
        let profile = self.place.path().join("callgrind.out");
        let Run { half, controller, window, gaps } = run;
        let mut valgrind = valgrind(&profile);
        valgrind.arg(&self.program).arg(half).args([window, gaps, COUNTED].map(|number| number.to_string()));
        valgrind.args(Some(controller).filter(|controller| !controller.is_empty()));
        let ran = valgrind.stderr(Stdio::inherit()).output().map_err(|error| {
            Failure::new(format_args!(
                "cannot run valgrind, which counts instructions: {error}\n  next:  install it (apt install valgrind)"
            ))
        })?;
        if !ran.status.success() {
            return Err(Failure::new(format_args!("{valgrind:?} failed")));
        }
        Ok(Counted {
            said: serde_json::from_slice(&ran.stdout).while_doing("read what was counted")?,
            profile: std::fs::read_to_string(profile).while_doing("read valgrind's profile")?,
        })
    }
}

/// It counts from where the program says that it begins.
fn valgrind(profile: &Path) -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet", "--zero-before=cost::door::begin"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display())).env("GLIBC_TUNABLES", ANY_CPU);
    valgrind
}

/// What one run says of itself, and what was counted of it.
struct Counted {
    said: Value,
    profile: String,
}

impl Counted {
    /// What the program says by this name; or else what its door of this name cost.
    fn of(&self, name: &str) -> Outcome<f64> {
        let said = self.said[name].as_f64();
        let counted = || inclusive(&self.profile, &format!("cost::door::{name}"));
        // No timer may fire in a run, and then nothing is said of it. All else is always there.
        let absent = || if name == "tick" { Some(0.0) } else { None };
        said.or_else(counted).or_else(absent).ok_or_else(|| {
            Failure::new(format_args!("valgrind's profile doesn't know cost::door::{name}: was it inlined?"))
        })
    }
}

/// What calls of a function cost, with all that it calls, by a profile in callgrind's format: after the callee's name
/// (`cfn=(id) name`, the name only the first time) comes a line that says how often it was called, and one with the cost.
/// None: it wasn't called.
pub(super) fn inclusive(profile: &str, function: &str) -> Option<f64> {
    let named = |line: &str| {
        let named = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn="))?;
        named.split_once(' ').filter(|(_, name)| *name == function).map(|(id, _)| id.to_owned())
    };
    let id = profile.lines().find_map(named)?;
    let mut lines = profile.lines();
    let mut sum = None;
    while let Some(line) = lines.next() {
        let is_it = line.strip_prefix("cfn=").is_some_and(|callee| callee.split(' ').next() == Some(&id));
        if is_it {
            let cost = lines.nth(1).and_then(|cost| cost.split(' ').nth(1)?.parse::<f64>().ok());
            sum = Some(sum.unwrap_or(0.0) + cost.unwrap_or(0.0));
        }
    }
    sum
}
