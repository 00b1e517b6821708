use super::*;

#[test]
fn every_sample_has_the_size_that_its_name_or_its_step_gives_it() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), Some(200_001)).unwrap();
    for (name, expected) in [("2048.txt", 2048), ("8192.txt", 8192), (LARGE, 200_001)] {
        assert_eq!(fs::metadata(place.path().join(name)).unwrap().len(), expected as u64);
        assert_eq!(size(name, Some(200_001)), Some(expected));
    }
    assert_eq!((size("4096.txt", None), size(LARGE, None)), (None, None));
}
