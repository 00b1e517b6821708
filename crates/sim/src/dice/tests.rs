use super::*;

/// The values were computed by a second implementation, from the published algorithms alone.
#[test]
fn a_split_seed_is_the_same_everywhere_and_for_ever() {
    assert_eq!(split_seed(0, ""), 0xaebe_53f8_5cdc_3c4c);
    assert_eq!(split_seed(1, ""), 0xd72a_c492_3609_93ea);
    assert_eq!(split_seed(1, "client"), 0x3908_f27c_93a1_557a);
    assert_eq!(split_seed(1, "server"), 0x66a8_4253_69cb_8b06);
    assert_eq!(split_seed(u64::MAX, "x"), 0xaa2e_b9dd_df32_65f2);
}

/// As above: the same second implementation, which also yields PCG's published reference values.
#[test]
fn dice_are_the_same_everywhere_and_for_ever() {
    let mut dice = Dice::new(1, "random loss");
    let first: Vec<u64> = (0..4).map(|_| dice.0.next_u64()).collect();
    assert_eq!(
        first,
        [0x954f_9cc6_f56b_8e6b, 0x2d8e_74e8_2ec0_6160, 0x20ac_23c8_b4dc_ba8a, 0x0b41_d76e_7e74_27a0]
    );
}

#[test]
fn never_is_never_and_always_is_always() {
    let mut dice = Dice::new(2, "certain");
    for _ in 0..100_000 {
        assert!(!dice.chance(Probability::NEVER));
        assert!(dice.chance(Probability::ALWAYS));
    }
}

#[test]
fn a_number_below_an_end_reaches_each_value_and_not_the_end() {
    let mut dice = Dice::new(3, "die");
    let mut seen = [0_u32; 6];
    for _ in 0..60_000 {
        seen[dice.below(6) as usize] += 1;
    }
    // 10,000 each; the standard deviation is 91: five of them.
    assert!(seen.iter().all(|count| count.abs_diff(10_000) < 455), "{seen:?}");
    assert_eq!(dice.below(0), 0);
    assert_eq!(dice.below(1), 0);
}

#[test]
fn every_throw_takes_one_number_whatever_is_asked() {
    let (mut asked, mut plain) = (Dice::new(4, "same"), Dice::new(4, "same"));
    asked.chance(Probability::NEVER);
    asked.chance(Probability::ALWAYS);
    asked.below(0);
    asked.below(u64::MAX);
    for _ in 0..4 {
        plain.0.next_u64();
    }
    assert_eq!(asked.0.next_u64(), plain.0.next_u64());
}
