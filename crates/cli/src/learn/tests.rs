use super::*;
use crate::demo::Answer;
use crate::settings::{Action, Settings};

fn asked(line: &str) -> Outcome {
    let line = CommandLine::try_parse_from(line.split(' ')).map_err(|error| failure(error.to_string()))?;
    let Action::Learn(learn) = Settings::new(line.command)?.action else { panic!("{:?}", "not lucid learn") };
    run(&learn)
}

#[test]
fn every_exercise_has_an_answer_that_the_engine_gives_and_takes() {
    for lesson in &LESSONS {
        for (exercise, number) in lesson.exercises.iter().zip(1..) {
            assert_eq!(exercise.step, lesson.step);
            let solved = exercise.solve().unwrap_or_else(|error| panic!("{}.{number}: {error}", lesson.step));
            let Answer::Number { right, .. } = solved.answer else { panic!("a number can be typed") };
            assert_eq!(solved.answer.judge(&right.to_string()), Some(true), "{}.{number}", lesson.step);
            assert_eq!(
                solved.answer.judge(&(right * 2.0 + 3.0).to_string()),
                Some(false),
                "{}.{number}",
                lesson.step
            );
            assert!(!solved.because.is_empty());
        }
    }
}

/// As the textbook has it, worked out by hand.
#[test]
fn the_engines_answers_are_the_textbooks() {
    let answers = [
        // 16 x 500 + 192; the SYN-ACK's timer.
        ("step1.1", 17.0),
        ("step1.3", 1.0),
        ("step2.1", 18.0),
        ("step2.2", 1.0),
        // The floor of RFC 6298 2.4; twice 0.4; 1 + 2 + 4.
        ("step3.1", 1.0),
        ("step3.2", 0.8),
        ("step3.3", 7.0),
        ("step4.1", 0.08),
        ("step4.3", 5120.0),
        // 32 - 1 ACKs, then 1024 * 1024 / 32768.
        ("step5.1", 31.0),
        ("step5.2", 32.0),
        ("step6.2", 1.0),
        ("step7.2", 1.0),
        ("step7.3", 0.0),
        ("modern.2", 1.0),
    ];
    for (name, expected) in answers {
        let (lesson, number) = name.split_once('.').unwrap();
        let lesson = super::lesson(lesson).unwrap();
        let solved = lesson.exercises[number.parse::<usize>().unwrap() - 1].solve().unwrap();
        let Answer::Number { right, .. } = solved.answer else { panic!("a number") };
        assert!((right - expected).abs() < 1e-6, "{name}: {right}, and not {expected}");
    }
}

#[test]
fn right_is_ok_wrong_is_not_and_nonsense_is_a_matter_of_usage() {
    assert!(asked("lucid learn step5.1 31").is_ok());
    let wrong = asked("lucid learn step5.1 63").unwrap_err();
    assert_eq!(wrong.exit, Exit::Other);
    assert!(
        wrong.to_string().contains("lucid demo step5 --set initial_slow_start_threshold=32768"),
        "{wrong}"
    );
    for line in
        ["lucid learn step5.1 some", "lucid learn step5.4 1", "lucid learn step9", "lucid learn step5 31"]
    {
        assert_eq!(asked(line).unwrap_err().exit, Exit::Usage, "{line}");
    }
}

/// What the program writes of the pages is what it would write now.
#[test]
fn the_pages_are_up_to_date() {
    let pages = pages_in_source();
    for lesson in &LESSONS {
        for file in pages::files(lesson, &pages).unwrap() {
            let there = std::fs::read_to_string(pages.join(&file.name)).unwrap_or_default();
            assert!(
                there == file.text,
                "docs/learn/{} is not what the program writes: cargo xtask learn",
                file.name
            );
        }
    }
}

/// What a page tells a shell.
fn in_code(page: &str) -> impl Iterator<Item = &str> {
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).map(str::trim)
}

#[test]
fn pages_are_short_lead_to_each_other_and_their_commands_are_well_written() {
    let pages = pages_in_source();
    let index = std::fs::read_to_string(pages.join("README.md")).unwrap();
    let mut commands = 0;
    let steps = LESSONS.iter().map(|lesson| format!("{}.md", lesson.step));
    for name in steps.chain(["README.md".to_owned()]) {
        let page = std::fs::read_to_string(pages.join(&name)).unwrap();
        assert!(page.lines().count() < 120, "{name} has {} lines", page.lines().count());
        assert!(name == "README.md" || index.contains(&format!("({name})")), "the index leads to {name}");
        for command in in_code(&page).filter(|line| line.starts_with("lucid ")) {
            let words = command.split('#').next().unwrap_or_default().replace("ANSWER", "1");
            let words = words.split_whitespace();
            let parsed = CommandLine::try_parse_from(words)
                .unwrap_or_else(|error| panic!("{name}: {command}\n{error}"));
            Settings::new(parsed.command).unwrap_or_else(|error| panic!("{name}: {command}\n{error}"));
            commands += 1;
        }
    }
    assert!(commands > 40, "{commands}");
}
