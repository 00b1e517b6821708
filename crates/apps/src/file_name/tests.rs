use std::path::Path;

use proptest::prelude::*;

use super::{FileName, FileNameError};

#[test]
fn plain_names_are_accepted() {
    for (text, path) in [
        ("8192.txt", "8192.txt"),
        ("./8192.txt", "8192.txt"),
        ("a/b/c", "a/b/c"),
        ("a//b", "a/b"),
        ("..a", "..a"),
        ("...", "..."),
        ("grün.txt", "grün.txt"),
        ("-rf", "-rf"),
    ] {
        assert_eq!(FileName::parse(text).unwrap().as_path(), Path::new(path), "{text}");
    }
    assert_eq!(FileName::parse("a/b/c").unwrap().last(), "c");
}

#[test]
fn each_refusal_says_what_is_wrong() {
    use FileNameError::{BadCharacter, Empty, Outside, Reserved, TooLong};
    let own = str::to_owned;
    for text in ["/etc/passwd", "../../etc/passwd", "..", "a/../../b", "a/..", "/"] {
        assert_eq!(FileName::parse(text), Err(Outside(own(text))), "{text}");
    }
    for text in ["", ".", "./", "a/", "a/."] {
        assert_eq!(FileName::parse(text), Err(Empty(own(text))), "{text}");
    }
    for text in ["a\0b", "a\nb", "..\\..\\boot.ini", "\u{1b}[2J", "a\u{85}"] {
        assert_eq!(FileName::parse(text), Err(BadCharacter(own(text))), "{text:?}");
    }
    assert_eq!(FileName::parse("a/.lucid-part-0"), Err(Reserved(own("a/.lucid-part-0"))));
    assert_eq!(FileName::parse(&"x".repeat(1025)), Err(TooLong(1025)));
}

proptest! {
    #[test]
    fn an_accepted_name_stays_below_its_directory(text in "[./\\\\a~ \u{0}-]{0,12}") {
        if let Ok(name) = FileName::parse(&text) {
            let below = Path::new("/root").join(name.as_path());
            prop_assert!(below.starts_with("/root"));
            prop_assert!(below.components().all(|part| part.as_os_str() != ".."), "{below:?}");
        }
    }
}
