use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::Config;

#[tokio::test]
async fn nothing_is_kept_of_what_was_dropped() {
    let config = Config { time_wait: std::time::Duration::from_millis(1), ..Config::default() };
    let endpoint = || Endpoint::builder().config(config.clone()).bind("127.0.0.1:0");
    let (here, there) = tokio::try_join!(endpoint(), endpoint()).unwrap();
    let listener = there.listen(1).unwrap();
    for _ in 0..3 {
        let accepted = listener.accept();
        let connected = here.connect(there.local_addr().unwrap());
        let (mut client, (mut server, _)) = tokio::try_join!(connected, accepted).unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
    }
    drop(listener);
    tokio::join!(here.idle(), there.idle());
    for endpoint in [here, there] {
        assert!(endpoint.shared().lock().slots.is_empty());
    }
}
