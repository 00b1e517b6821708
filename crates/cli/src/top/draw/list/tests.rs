use super::*;
use crate::live::rates::Rates;
use crate::live::testing::connection;

fn columns(width: usize) -> (Vec<Part>, usize) {
    let rows = vec![Row { connection: connection(0), rates: Rates::default() }];
    let parts = parts(width, &rows);
    let taken = parts.iter().map(|(_, width)| width + 1).sum::<usize>() + 1;
    (parts.into_iter().map(|(part, _)| part).collect(), taken)
}

#[test]
fn eighty_letters_hold_what_matters_most() {
    let (parts, taken) = columns(80);
    assert_eq!(parts, ALWAYS);
    assert!(taken <= 81, "{taken}");
}

#[test]
fn a_wider_screen_has_more_columns_and_all_of_them_fit() {
    let mut before = 0;
    for width in 60..300 {
        let (parts, taken) = columns(width);
        assert!(parts.len() >= before && taken <= width + 1, "{width}: {taken} for {parts:?}");
        before = parts.len();
    }
    assert_eq!(before, ALWAYS.len() + BESIDES.len());
}

#[test]
fn a_narrow_screen_leaves_the_least_telling_out() {
    let (parts, _) = columns(50);
    assert!(!parts.contains(&Part::Windows) && parts.contains(&Part::Column(Column::Out)), "{parts:?}");
}
