//! Measures a path: how much arrives in ten seconds, how long a reply takes, how long a small message waits beside a
//! full upload. With `--kernel` over the kernel's TCP, to compare.
//!
//! ```text
//! goodput serve 0.0.0.0:9000
//! goodput send 10.0.0.2:9000 [--for 10]
//! goodput ask 10.0.0.2:9000 [--count 100] [--bytes 100000]
//! goodput ping 10.0.0.2:9000 [--for 10]        64 bytes there and back, beside a full upload
//!     --kernel                TCP of the kernel, under its own controller
//!     --set NAME=VALUE        any Config value by its name: --set algorithm=bbr --set rto.min=1s
//! ```

#![expect(clippy::disallowed_methods, reason = "it measures by the real clock")]

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lucid_conn::{Config, Endpoint, Profile};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

struct Options {
    kernel: bool,
    time: Duration,
    count: usize,
    bytes: u64,
    config: Config,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut words = std::env::args().skip(1);
    let (what, addr) = (words.next().unwrap_or_default(), words.next().ok_or("which address?")?);
    let options = parse(words)?;
    let addr: SocketAddr = addr.parse()?;
    match what.as_str() {
        "serve" => serve(addr, &options).await,
        "send" => send(addr, &options).await,
        "ask" => ask(addr, &options).await,
        "ping" => ping(addr, &options).await,
        _ => Err("serve, send, ask or ping?".into()),
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Outcome<Options> {
    let mut config = Config::new(Profile::Modern);
    let (mut kernel, mut time, mut count, mut bytes) = (false, 10, 100, 100_000);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--kernel" => kernel = true,
            "--for" => time = value()?.parse()?,
            "--count" => count = value()?.parse()?,
            "--bytes" => bytes = value()?.parse()?,
            "--set" => {
                let value = value()?;
                let (name, value) = value.split_once('=').ok_or("NAME=VALUE")?;
                config.set(name, value)?;
            }
            _ => return Err(format!("{word}?").into()),
        }
    }
    let time = Duration::from_secs(time);
    Ok(Options { kernel, time, count, bytes, config })
}

async fn serve(addr: SocketAddr, options: &Options) -> Outcome {
    if options.kernel {
        let listener = TcpListener::bind(addr).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(answer(stream));
        }
    }
    let endpoint = Endpoint::builder().config(options.config.clone()).bind(addr).await?;
    let listener = endpoint.listen(1024)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream));
    }
}

/// A request is a letter and a number: `S`ink, `R`eply with so many bytes, `E`cho.
async fn answer(mut stream: impl Pipe) -> Outcome {
    let kind = stream.read_u8().await?;
    let number = stream.read_u64().await?;
    let mut buffer = vec![0; 256 * 1024];
    match kind {
        b'S' => {
            let (mut total, mut first) = (0, None);
            loop {
                let got = stream.read(&mut buffer).await?;
                if got == 0 {
                    break;
                }
                total += got as u64;
                let start = *first.get_or_insert_with(Instant::now);
                if start.elapsed() >= Duration::from_millis(number) {
                    break;
                }
            }
            let time = first.map_or(Duration::ZERO, |start| start.elapsed());
            stream.write_u64(total).await?;
            stream.write_u64(time.as_micros() as u64).await?;
        }
        b'R' => {
            let mut left = number;
            while left > 0 {
                let some = left.min(buffer.len() as u64) as usize;
                stream.write_all(&buffer[..some]).await?;
                left -= some as u64;
            }
        }
        _ => loop {
            let mut message = [0; 64];
            stream.read_exact(&mut message).await?;
            stream.write_all(&message).await?;
        },
    }
    stream.shutdown().await?;
    // Whoever closes with data unread resets: so the rest is read.
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

async fn connect(addr: SocketAddr, options: &Options) -> Outcome<Box<dyn Pipe>> {
    if options.kernel {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        return Ok(Box::new(stream));
    }
    let local = SocketAddr::new(if addr.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() }, 0);
    let endpoint = Endpoint::builder().config(options.config.clone()).bind(local).await?;
    let stream = endpoint.connect(addr).await?;
    stream.set_nodelay(true)?;
    Ok(Box::new(stream))
}

async fn request(stream: &mut Box<dyn Pipe>, kind: u8, number: u64) -> Outcome {
    let mut request = vec![kind];
    request.extend(number.to_be_bytes());
    stream.write_all(&request).await?;
    Ok(())
}

async fn send(addr: SocketAddr, options: &Options) -> Outcome {
    let mut stream = connect(addr, options).await?;
    let (total, time) = upload(&mut stream, options.time).await?;
    println!("{:.3} MB/s", total as f64 / time.as_secs_f64() / 1e6);
    Ok(())
}

/// Uploads for so long; says how much had arrived at the other end after how long.
async fn upload(stream: &mut Box<dyn Pipe>, time: Duration) -> Outcome<(u64, Duration)> {
    request(stream, b'S', time.as_millis() as u64).await?;
    let buffer = vec![0; 64 * 1024];
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (total, micros) = tokio::select! {
        counts = async { Outcome::Ok((reader.read_u64().await?, reader.read_u64().await?)) } => counts?,
        error = async { loop { if let Err(error) = writer.write_all(&buffer).await { break error; } } } => Err(error)?,
    };
    Ok((total, Duration::from_micros(micros)))
}

async fn ask(addr: SocketAddr, options: &Options) -> Outcome {
    let mut times = Vec::new();
    for _ in 0..options.count {
        let start = Instant::now();
        let mut stream = connect(addr, options).await?;
        request(&mut stream, b'R', options.bytes).await?;
        let mut left = options.bytes;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let got = stream.read(&mut buffer).await?;
            left = left.checked_sub(got as u64).filter(|_| got > 0).ok_or("the reply broke off")?;
        }
        times.push(start.elapsed());
        stream.shutdown().await?;
    }
    print_percentiles(&mut times);
    Ok(())
}

async fn ping(addr: SocketAddr, options: &Options) -> Outcome {
    let mut small = connect(addr, options).await?;
    request(&mut small, b'E', 0).await?;
    let mut large = connect(addr, options).await?;
    let full = tokio::spawn({
        let time = options.time;
        async move { upload(&mut large, time).await }
    });
    let mut times = Vec::new();
    tokio::time::sleep(Duration::from_secs(2)).await;
    while !full.is_finished() {
        let start = Instant::now();
        let mut message = [0; 64];
        small.write_all(&message).await?;
        small.read_exact(&mut message).await?;
        times.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (total, time) = full.await??;
    println!("{:.3} MB/s", total as f64 / time.as_secs_f64() / 1e6);
    print_percentiles(&mut times);
    Ok(())
}

fn print_percentiles(times: &mut [Duration]) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "n {} p50 {:.1} p90 {:.1} p99 {:.1} max {:.1} ms",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}
