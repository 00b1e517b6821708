//! What an idle connection costs with its driver: on top of the engine's part, which `memory.rs` looks at.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::alloc::System;
use std::time::Duration;

use common::{LOOPBACK, endpoint, quick, within};
use lucid_conn::Endpoint;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const COUNT: usize = 500;

/// Both ends of each are here, and the handles that the application holds.
#[tokio::test]
async fn an_idle_connection_costs_less_than_two_kibibytes_in_all() {
    let server = endpoint().await;
    let listener = server.listen(16).unwrap();
    let client = Endpoint::builder().config(quick()).bind(LOOPBACK).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let region = Region::new(COUNTING);
    let mut held = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let (near, far) = within(async { tokio::join!(client.connect(addr), listener.accept()) }).await;
        let (mut near, (mut far, _)) = (near.unwrap(), far.unwrap());
        near.write_all(b"x").await.unwrap();
        far.read_u8().await.unwrap();
        far.write_all(b"x").await.unwrap();
        near.read_u8().await.unwrap();
        held.push((near, far));
    }
    let each = || {
        let change = region.change();
        (change.bytes_allocated - change.bytes_deallocated) / COUNT / 2
    };
    within(async {
        while each() >= 2048 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert_eq!(client.connections() + server.connections(), 2 * COUNT);
}
