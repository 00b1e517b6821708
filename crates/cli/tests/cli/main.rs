//! The program as its users meet it: these files, these arguments, this output, this exit code.

mod bench;
mod captures;
mod compare;
mod explain;
mod failures;
mod json;
mod learn;
mod lessons;
#[cfg(unix)]
mod live;
mod metrics;
mod name_server;
mod recording;
mod report;
mod services;
mod signals;
mod views;
mod wireshark;
