use super::*;

#[test]
fn sizes_are_read_with_and_without_a_unit() {
    assert_eq!(parse_size("8192"), Some(8192));
    assert_eq!(parse_size("64MiB"), Some(64 << 20));
    assert_eq!(parse_size("1 KiB"), Some(1024));
    assert_eq!(parse_size("64MB"), None);
    assert_eq!(parse_size("99999999999GiB"), None);
}

#[test]
fn a_file_has_exactly_its_size_and_lines_that_tell_where_they_are() {
    for size in [0, 1, 64, 65, 1000] {
        let mut bytes = Vec::new();
        fill(&mut bytes, size).unwrap();
        assert_eq!(bytes.len() as u64, size);
    }
    let mut bytes = Vec::new();
    fill(&mut bytes, 128).unwrap();
    assert_eq!(bytes[63], b'\n');
    assert_eq!(&bytes[..13], b"           1 ");
    assert_eq!(&bytes[64..77], b"           2 ");
}
