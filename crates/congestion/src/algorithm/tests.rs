use std::string::ToString;

use super::*;
use crate::fixtures::classic;

/// MAY-18.
#[test]
fn every_name_leads_to_the_controller_that_bears_it() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        assert_eq!(algorithm.build(classic()).name(), algorithm.to_string());
    }
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let error = "vegas".parse::<Algorithm>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "no such congestion control algorithm; there are: tahoe, reno, newreno, cubic, bbr"
    );
}
