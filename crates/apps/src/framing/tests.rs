use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Runtime;

use super::{FrameError, MAX_MESSAGE, read_message, write_message};

async fn read_from(bytes: &[u8]) -> Result<Option<Vec<u8>>, FrameError> {
    let mut bytes = bytes;
    read_message(&mut bytes).await
}

#[tokio::test]
async fn an_end_between_messages_is_the_end() {
    assert!(read_from(b"").await.unwrap().is_none());
    assert_eq!(read_from(&[0, 0, 0, 0]).await.unwrap(), Some(vec![]));
}

#[tokio::test]
async fn an_end_inside_a_message_is_an_error() {
    let cases: [(&[u8], usize, usize); 3] =
        [(&[0], 1, 4), (&[0, 0, 0, 2], 0, 2), (&[0, 0, 0, 2, b'x'], 1, 2)];
    for (bytes, got, expected) in cases {
        let error = read_from(bytes).await.unwrap_err();
        let FrameError::Truncated { got: g, expected: e } = error else { panic!("{bytes:?}: {error}") };
        assert_eq!((g, e), (got, expected), "{bytes:?}");
    }
}

#[tokio::test]
async fn the_bound_is_exact_in_both_directions() {
    let mut wire = Vec::new();
    write_message(&mut wire, &vec![b'x'; MAX_MESSAGE]).await.unwrap();
    assert_eq!(read_from(&wire).await.unwrap().unwrap().len(), MAX_MESSAGE);

    let error = write_message(&mut wire, &vec![b'x'; MAX_MESSAGE + 1]).await.unwrap_err();
    assert!(matches!(error, FrameError::TooLong { length: 65_537 }), "{error}");
    for length in [MAX_MESSAGE as u32 + 1, u32::MAX] {
        let error = read_from(&length.to_be_bytes()).await.unwrap_err();
        assert!(matches!(error, FrameError::TooLong { length: l } if l == u64::from(length)), "{error}");
    }
}

proptest! {
    #[test]
    fn messages_arrive_as_sent_however_the_stream_is_cut(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
        pipe in 1_usize..64,
    ) {
        Runtime::new().unwrap().block_on(async {
            let (mut near, mut far) = tokio::io::duplex(pipe);
            let sent = bodies.clone();
            let writer = tokio::spawn(async move {
                for body in &sent {
                    write_message(&mut near, body).await.unwrap();
                }
            });
            let mut arrived = Vec::new();
            while let Some(body) = read_message(&mut far).await.unwrap() {
                arrived.push(body);
            }
            writer.await.unwrap();
            assert_eq!(arrived, bodies);
        });
    }

    #[test]
    fn any_bytes_at_all_end_in_messages_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        Runtime::new().unwrap().block_on(async {
            let (mut near, mut far) = tokio::io::duplex(256);
            near.write_all(&bytes).await.unwrap();
            drop(near);
            let mut taken = 0;
            while let Ok(Some(body)) = read_message(&mut far).await {
                taken += 4 + body.len();
            }
            assert!(taken <= bytes.len());
        });
    }
}
