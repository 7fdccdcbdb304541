//! Listing over both protocols: assets a second, read, kept and taken in.
//!
//! A server of its own answers pages made beforehand, so that what is measured is the client. It
//! learns how assets look from the embedded catalogue, whose own speed is a second figure.

mod asset;
mod plain;
pub(crate) mod stub;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use armarius::{
    catalogue::accounts::{DEMO_PASSWORD, DEMO_TOKEN, DEMO_USER},
    endpoint::{
        Endpoint,
        atlan::{self, Atlan},
        dynamic_media::{self, DynamicMedia},
        http::{Http, HttpSettings},
    },
    runtime::{Headless, RuntimeParts, RuntimeSettings, now_ms},
    store::{Holder, Workspace},
};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{
    Anyhow,
    figures::{self, Goal},
    world,
};

/// Assets the pages are modelled on.
const MODELS: usize = 2_000;
/// Turns of a figure; their median is told.
const TURNS: usize = 3;

/// A process that ends with the case.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A listing to be timed.
#[derive(Clone, Copy)]
struct Task<'a> {
    protocol: &'static str,
    address: &'a str,
    assets: usize,
    readers: usize,
    page: usize,
}

/// All of them.
pub(crate) fn wire() -> Anyhow<()> {
    let (_catalogue, upstream) = catalogue(MODELS)?;
    let (_stub, address) = served(
        Command::new(std::env::current_exe()?).args(["--stub", &upstream]),
        |line| Some(line.to_owned()),
    )?;
    listings(("rest", 300), &address, (world::many(), 150_000.0))?;
    far(&address)?;
    let soap = world::many().min(200_000);
    listings(("soap", 1000), &address, (soap, 40_000.0))?;
    catalogues()
}

/// At once, at three sizes; and what the server gives somebody who only counts bytes.
fn listings(
    (protocol, page): (&'static str, usize),
    address: &str,
    (assets, goal): (usize, f64),
) -> Anyhow<()> {
    let task = |assets| Task {
        protocol,
        address,
        assets,
        readers: 8,
        page,
    };
    for assets in [10_000, 100_000, assets] {
        let what = format!("listed over {protocol} a second, pages of {page}, {assets} in all");
        tell("G1", &what, task(assets), Goal::AtLeast(goal))?;
    }
    if protocol == "rest" {
        let (rate, bytes) = plain::ceiling(task(assets))?;
        let what = "  the same pages received and not looked at, a second";
        figures::tell("", what, (rate, ""), Goal::None);
        figures::tell("", "  bytes an asset", (bytes, ""), Goal::None);
    }
    Ok(())
}

/// Behind a latency, with the same readers.
fn far(address: &str) -> Anyhow<()> {
    let latency = 100.0;
    control(address, "latency/100")?;
    let task = Task {
        protocol: "rest",
        address,
        assets: world::many().min(200_000),
        readers: 8,
        page: 300,
    };
    let limit = 8.0 * 300.0 * 1000.0 / latency;
    let what = "listed over rest a second, 100 ms, 8 readers";
    tell("G2", what, task, Goal::AtLeast(0.9 * limit))?;
    control(address, "latency/0")
}

/// The embedded catalogue's own speed.
fn catalogues() -> Anyhow<()> {
    let assets = 50_000;
    let (_catalogue, address) = catalogue(assets)?;
    for (protocol, page) in [("rest", 300), ("soap", 1000)] {
        let task = Task {
            protocol,
            address: &address,
            assets,
            readers: 8,
            page,
        };
        let what = format!("listed over {protocol} a second from the embedded catalogue");
        tell("", &what, task, Goal::None)?;
    }
    Ok(())
}

/// The median of several turns.
fn tell(row: &str, what: &str, task: Task<'_>, goal: Goal) -> Anyhow<()> {
    let mut rates = Vec::new();
    let mut shares = Vec::new();
    for _ in 0..TURNS {
        let (rate, share) = timed(task)?;
        rates.push(rate);
        shares.push(share);
    }
    rates.sort_by(f64::total_cmp);
    shares.sort_by(f64::total_cmp);
    figures::tell(row, what, (figures::percentile(&rates, 50), ""), goal);
    let processor = (figures::percentile(&shares, 50), "us");
    figures::tell("", "  processor time an asset", processor, Goal::None);
    Ok(())
}

/// Assets a second, and microseconds of processor time an asset.
fn timed(task: Task<'_>) -> Anyhow<(f64, f64)> {
    control(task.address, &format!("assets/{}", task.assets))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let folder = TempDir::new()?;
    runtime.block_on(async {
        let mut headless = open(task, folder.path()).await?;
        headless.connect().await.map_err(|error| error.sentence())?;
        let (begun, cpu) = (Instant::now(), processor_seconds()?);
        headless
            .list(|_, _| {})
            .await
            .map_err(|error| error.sentence())?;
        let (took, cpu) = (begun.elapsed().as_secs_f64(), processor_seconds()? - cpu);
        let listed = headless.workbench.listing.len();
        headless.close().await;
        if listed != task.assets as u64 {
            return Err(format!("{listed} listed of {}", task.assets).into());
        }
        let assets = listed as f64;
        Ok((assets / took, cpu * 1e6 / assets))
    })
}

async fn open(task: Task<'_>, folder: &Path) -> Anyhow<Headless> {
    let parts = RuntimeParts {
        endpoint: endpoint(task)?,
        workspace: Workspace::open(folder, &Holder::this_process("bench", now_ms()))?,
        profile: "bench".into(),
        author: "bench".into(),
        settings: RuntimeSettings {
            concurrency: Some(task.readers),
            requests_per_minute: Some(1_000_000_000),
            ..RuntimeSettings::default()
        },
        reports: folder.join("reports"),
    };
    Ok(Headless::open(parts)
        .await
        .map_err(|error| error.sentence())?)
}

fn endpoint(task: Task<'_>) -> Anyhow<Arc<dyn Endpoint>> {
    let http = Http::new(HttpSettings::default())?;
    let url = format!("http://{}", task.address);
    Ok(if task.protocol == "soap" {
        let mut settings =
            dynamic_media::Settings::new(&url, DEMO_USER, DEMO_PASSWORD.to_owned().into());
        settings.certificate_status_field = Some("Certificate".to_owned());
        settings.certificate_message_field = Some("Certificate note".to_owned());
        settings.page_size = task.page;
        Arc::new(DynamicMedia::new(settings, http))
    } else {
        let settings = atlan::Settings {
            url,
            token: DEMO_TOKEN.to_owned().into(),
            page_size: task.page,
        };
        Arc::new(Atlan::new(settings, http))
    })
}

fn catalogue(assets: usize) -> Anyhow<(Held, String)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armarius"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--assets"]);
    served(command.arg(assets.to_string()), |line| {
        let ready: Json = serde_json::from_str(line).ok()?;
        let address = ready["address"].as_str()?;
        Some(address.trim_start_matches("http://").to_owned())
    })
}

/// A server process, and the address that its first line tells.
fn served(
    command: &mut Command,
    address: impl Fn(&str) -> Option<String>,
) -> Anyhow<(Held, String)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().ok_or("no standard output")?;
    let held = Held(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let address = address(line.trim()).ok_or("the server did not say where it is")?;
    Ok((held, address))
}

/// Tells the server something; one that is not ours does not mind.
fn control(address: &str, told: &str) -> Anyhow<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET /stub/{told} HTTP/1.1\r\nhost: stub\r\nconnection: close\r\n\r\n"
    )?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// User and system time of this process so far.
fn processor_seconds() -> Anyhow<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name may hold spaces; what follows its parenthesis does not.
    let (_, rest) = stat.rsplit_once(") ").ok_or("no such figures here")?;
    let ticks = rest.split(' ').skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|one| one.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
