//! The program as its users meet it: these files, these arguments, this output, this exit code.

mod bench;
mod captures;
mod failures;
mod json;
mod name_server;
mod recording;
mod services;
mod signals;
mod views;
mod wireshark;
