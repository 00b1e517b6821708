use super::*;

fn running(pids: &[u32]) -> Vec<Running> {
    pids.iter().map(|&pid| Running::new(pid, None)).collect()
}

#[test]
fn the_cursor_moves_within_the_list() {
    let mut choice = Choice::new(running(&[1, 2, 3, 4, 5]));
    choice.height = 2;
    let rows = [
        (Wish::Up(1), 1),
        (Wish::Down(1), 2),
        (Wish::PageDown, 4),
        (Wish::Down(7), 5),
        (Wish::PageUp, 3),
        (Wish::Help, 3),
        (Wish::First, 1),
        (Wish::Last, 5),
    ];
    for (wish, expected) in rows {
        choice.go(wish);
        assert_eq!(choice.chosen(), Some(expected), "{wish:?}");
    }
}

#[test]
fn it_stays_on_its_process_while_others_come_and_go() {
    let mut choice = Choice::new(running(&[2, 4, 6]));
    choice.go(Wish::Down(1));
    choice.update(running(&[1, 2, 3, 4]));
    assert_eq!((choice.chosen(), choice.selected), (Some(4), 3));
    choice.update(running(&[1, 2]));
    assert_eq!(choice.chosen(), Some(2), "its own has ended, and so has its row");
    choice.update(Vec::new());
    assert_eq!(choice.chosen(), None);
    choice.update(running(&[7]));
    assert_eq!(choice.chosen(), Some(7));
}
