use super::*;

/// What ARCHITECTURE.md says of the default.
#[test]
fn modern_turns_on_what_a_careful_engineer_would() {
    let modern = Config::new(Profile::Modern);
    assert_eq!((modern.algorithm, modern.initial_window), (Algorithm::Cubic, 10));
    assert_eq!((modern.mss, modern.path_mtu, modern.counted_header), (65_487, PathMtu::Discover, 0));
    assert_eq!(modern.rto.min, Duration::from_millis(200));
    assert!(modern.sack && modern.tail_loss_probe && modern.undo && modern.proportional);
    assert!(modern.pacing && modern.timestamps && modern.limited_transmit && modern.syn_cookies);
    assert!(
        !modern.ecn && modern.keep_alive.is_none() && modern.user_timeout.is_none(),
        "only when asked for"
    );
}

#[test]
fn moderns_buffers_fill_a_fast_path_and_its_window_can_tell_of_them() {
    let modern = Config::new(Profile::Modern);
    assert!(modern.send_buffer >= 1 << 20 && modern.receive_buffer_max >= 8 << 20);
    assert!((1 << 16..modern.receive_buffer_max).contains(&modern.receive_buffer));
    let shift = modern.window_scale.expect("a scale");
    assert!(65_536 << shift >= modern.receive_buffer_max);
}
