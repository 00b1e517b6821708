//! `lucid-lab`: prints the tables of the proving ground.

use std::process::ExitCode;

use lucid_lab::tables::{self, Named};

const USAGE: &str = "\
Congestion control on a dumbbell in virtual time

Usage: cargo xtask cc [TABLE...]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h" || word == "help") {
        println!("{}", help());
        return ExitCode::SUCCESS;
    }
    match chosen(&words) {
        Ok(tables) => {
            println!("seed {}\n", lucid_lab::SEED);
            for table in tables {
                println!("{}", (table.run)());
            }
            ExitCode::SUCCESS
        }
        Err(unknown) => {
            eprintln!("there is no table {unknown:?}\n\n{}", help());
            ExitCode::from(2)
        }
    }
}

fn help() -> String {
    let tables = tables::ALL.iter().map(|table| format!("  {:<12}{}", table.name, table.about));
    format!("{USAGE}\n\nTables, all of them by default:\n{}", tables.collect::<Vec<_>>().join("\n"))
}

/// The tables with these names, all if there are none; or the first name that is none.
fn chosen(words: &[String]) -> Result<Vec<&'static Named>, &str> {
    if words.is_empty() {
        return Ok(tables::ALL.iter().collect());
    }
    words.iter().map(|word| tables::named(word).ok_or(word.as_str())).collect()
}
