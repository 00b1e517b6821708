use super::*;

#[test]
fn the_throws_are_those_of_the_published_generator() {
    let mut dice = Dice::new(1_234_567);
    let throws = [dice.throw(), dice.throw(), dice.throw()];
    assert_eq!(throws, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
}
