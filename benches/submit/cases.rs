//! The cases that send.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Anyhow, BATCH,
    client::Task,
    load::Load,
    median, tell,
    world::{World, output},
};

/// How often each figure is taken.
const ROUNDS: usize = 5;
/// Seconds of sending a figure rests on.
const SECONDS: u32 = 3;
/// Where files cost nothing to make durable.
const MEMORY: &str = "/dev/shm";

/// Changes a second at two latencies and two numbers of calls in flight, beside a plain load tool.
pub(crate) fn rates() -> Anyhow<()> {
    for protocol in ["rest", "soap"] {
        let mut world = World::new(protocol, most_changes())?;
        let load = Load::record(&mut world)?;
        for latency_ms in [20, 100] {
            for concurrency in [4, 16] {
                world.tell(&format!("latency/{latency_ms}"))?;
                rate(&mut world, &load, (protocol, latency_ms, concurrency))?;
            }
        }
        syncs(&mut world, protocol)?;
    }
    Ok(())
}

/// What the limit of a latency lets through in the seconds of a figure.
fn changes_of(latency_ms: u32, concurrency: usize) -> u32 {
    let calls = SECONDS * 1000 / latency_ms * u32::try_from(concurrency).unwrap_or(1);
    calls * u32::try_from(BATCH).unwrap_or(1)
}

fn most_changes() -> u32 {
    changes_of(20, 16)
}

fn rate(
    world: &mut World,
    load: &Load,
    (protocol, latency_ms, concurrency): (&str, u32, usize),
) -> Anyhow<()> {
    let changes = changes_of(latency_ms, concurrency);
    let folder = world.path().to_owned();
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut whole, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let sent = world.send(&folder, changes, concurrency)?;
        let rate = f64::from(changes) / sent.seconds;
        let asked = load.requests_a_second(concurrency, SECONDS.into())?;
        let theirs_now = asked * f64::from(u32::try_from(BATCH)?);
        ours.push(rate);
        theirs.push(theirs_now);
        ratios.push(rate / theirs_now);
        whole.push(f64::from(changes) / sent.whole);
        cpu.push(sent.cpu / f64::from(changes) * 1e6);
    }
    let what = format!("{protocol}, {latency_ms} ms, {concurrency} calls in flight");
    let (ours, theirs) = (median(&ours), median(&theirs));
    let (ratio, cpu) = (median(&ratios), median(&cpu));
    tell(
        &format!("{what}: changes/s"),
        &format!("{ours:.0}"),
        "",
        None,
    );
    tell(
        &format!("  {}", load.name()),
        &format!("{theirs:.0}"),
        "",
        None,
    );
    tell(
        "  ratio",
        &format!("{ratio:.3}"),
        ">= 0.95",
        Some(ratio >= 0.95),
    );
    let rate = format!("{:.0}", median(&whole));
    tell(
        "  with freezing before and the draft after",
        &rate,
        "",
        None,
    );
    tell(
        "  processor time a change, µs",
        &format!("{cpu:.1}"),
        "<= 40",
        Some(cpu <= 40.0),
    );
    Ok(())
}

/// How often the disk is made to keep what it has, a call.
fn syncs(world: &mut World, protocol: &str) -> Anyhow<()> {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("strace is not here, so nobody counts fsyncs");
        return Ok(());
    }
    world.tell("latency/20")?;
    for concurrency in [1, 4, 16] {
        let base = world.path().to_path_buf();
        let folder = world.fresh(&base)?;
        let task = Task {
            changes: 8000,
            concurrency,
            value: "Set while fsyncs were counted".into(),
            ..world.task("send", &folder)
        };
        let counted = folder.join("strace");
        let client = World::client_command(&task)?;
        let mut strace = Command::new("strace");
        strace
            .args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"])
            .arg(&counted)
            .arg(client.get_program())
            .args(client.get_args());
        output(&mut strace)?;
        let table = fs::read_to_string(&counted)?;
        let calls: f64 = table
            .lines()
            .filter(|line| line.ends_with("fsync") || line.ends_with("fdatasync"))
            .filter_map(|line| line.split_whitespace().nth(3)?.parse::<f64>().ok())
            .sum();
        let a_call = calls / (8000.0 / f64::from(u32::try_from(BATCH)?));
        let what = format!("{protocol}, {concurrency} calls in flight: fsyncs a call");
        tell(&what, &format!("{a_call:.2}"), "<= 2", Some(a_call <= 2.1));
    }
    Ok(())
}

/// What being durable costs: the same on a disk and in memory.
pub(crate) fn journal() -> Anyhow<()> {
    if !Path::new(MEMORY).is_dir() {
        println!("there is no {MEMORY} to compare the disk with");
        return Ok(());
    }
    let memory: PathBuf = tempfile::tempdir_in(MEMORY)?.keep();
    let mut world = World::new("rest", most_changes())?;
    world.tell("latency/20")?;
    for concurrency in [4, 16] {
        let changes = changes_of(20, concurrency);
        let disk = world.path().to_owned();
        let mut costs = Vec::new();
        for _ in 0..ROUNDS {
            let on_disk = world.send(&disk, changes, concurrency)?;
            let in_memory = world.send(&memory, changes, concurrency)?;
            costs.push((on_disk.seconds / in_memory.seconds - 1.0) * 100.0);
        }
        let cost = median(&costs);
        tell(
            &format!("rest, 20 ms, {concurrency} in flight: cost of durability, %"),
            &format!("{cost:.1}"),
            "<= 1",
            Some(cost <= 1.0),
        );
    }
    fs::remove_dir_all(memory)?;
    Ok(())
}

/// The catalogue itself as the server, which works on the same processors.
pub(crate) fn catalogue() -> Anyhow<()> {
    for protocol in ["rest", "soap"] {
        let mut world = World::bare(protocol, 6000, "slow=20ms")?;
        let folder = world.path().to_owned();
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            let sent = world.send(&folder, 6000, 16)?;
            rates.push(6000.0 / sent.seconds);
        }
        let what = format!("{protocol}, catalogue, slow=20ms, 16: changes/s");
        tell(&what, &format!("{:.0}", median(&rates)), "", None);
    }
    Ok(())
}

/// Two minutes at 350 requests a minute, against a server that blocks everybody above 400.
pub(crate) fn pace() -> Anyhow<()> {
    const A_MINUTE: u32 = 350;
    const CALLS: u32 = 2 * A_MINUTE;
    let changes = CALLS * u32::try_from(BATCH)?;
    let mut world = World::new("rest", changes)?;
    world.tell("latency/100")?;
    world.tell("limit/400")?;
    let folder = world.path().to_owned();
    world.tell("clear")?;
    let sent = world.send_paced(&folder, (changes, 4, Some(A_MINUTE)))?;
    let seen = world.tell("seen")?;
    // The last call ends its latency after its turn.
    let wanted = f64::from(CALLS - 1) * 60.0 / f64::from(A_MINUTE) + 0.1;
    let share = wanted / sent.seconds * 100.0;
    let refused = seen["refused"].as_u64().unwrap_or(u64::MAX);
    let most = seen["most_a_minute"].as_u64().unwrap_or(u64::MAX);
    tell(
        "350 a minute, 700 calls: % of the pace",
        &format!("{share:.2}"),
        ">= 99",
        Some(share >= 99.0),
    );
    tell(
        "  answers 429",
        &refused.to_string(),
        "0",
        Some(refused == 0),
    );
    tell(
        "  most requests in any minute, signing in too",
        &most.to_string(),
        "<= 400",
        Some(most <= 400),
    );
    Ok(())
}
