//! Taking up a run of 100,000 changes after a kill: how soon it is on the screen, how soon the
//! first thing is read back, and how much is.

use std::{
    fs,
    io::{Read, Write},
    num::NonZero,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use armarius::{catalogue::accounts::DEMO_TOKEN, runtime::now_ms};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::{
    Anyhow,
    client::{Task, seconds},
    median, tell,
    world::World,
};

const CHANGES: u32 = 100_000;
const CONCURRENCY: usize = 16;
const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

/// The time.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The case.
pub(crate) fn resume() -> Anyhow<()> {
    let mut world = World::new("rest", CHANGES)?;
    let data = world.path().join("data");
    let folder = data.join("bench");
    let made = world.fresh(&data)?;
    fs::rename(made, &folder)?;
    let task = Task {
        changes: CHANGES,
        concurrency: CONCURRENCY,
        value: "In flight when the program was killed".into(),
        ..world.task("freeze", &folder)
    };
    World::client(&task)?;
    let config = world.path().join("config.toml");
    // What is read before a new call is compared is nothing that was in flight.
    fs::write(
        &config,
        format!(
            "default_profile = \"bench\"\n[profiles.bench]\nkind = \"atlan\"\n\
             url = \"http://{}\"\ntoken = {{ env = \"BENCH_TOKEN\" }}\nconcurrency = {CONCURRENCY}\n\
             check_before = false\n",
            world.address
        ),
    )?;
    let mut screens = Vec::new();
    for _ in 0..ROUNDS {
        screens.push(on_screen(&config, &data)?);
    }
    let screen = median(&screens);
    tell(
        "100,000 in flight: s to the screen with the run",
        &format!("{screen:.2}"),
        "<= 1",
        Some(screen <= 1.0),
    );
    let (first, reads) = first_read(&world, (&config, &data))?;
    tell(
        "  s to the first read back, signing in too",
        &format!("{first:.2}"),
        "<= 1",
        Some(first <= 1.0),
    );
    let most = u64::try_from(CONCURRENCY)?;
    tell(
        "  calls read back before any is sent",
        &reads.to_string(),
        "<= 16",
        Some(reads <= most),
    );
    Ok(())
}

/// Seconds from the start of the workstation to the screen of the interrupted run, asked for with
/// the first screen.
fn on_screen(config: &Path, data: &Path) -> Anyhow<f64> {
    let pair = native_pty_system().openpty(PtySize {
        rows: 36,
        cols: 120,
        ..PtySize::default()
    })?;
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_armarius"));
    command.arg("--config");
    command.arg(config);
    command.arg("--data-dir");
    command.arg(data);
    command.env("BENCH_TOKEN", DEMO_TOKEN);
    command.env("TERM", "xterm-256color");
    let mut reader = pair.master.try_clone_reader()?;
    let mut writer = pair.master.take_writer()?;
    let began = now();
    let mut child = pair.slave.spawn_command(command)?;
    drop(pair.slave);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count) = reader.read(&mut buffer) {
            if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut screen = vt100::Parser::new(size(36)?, size(120)?, 0);
    let (mut asked, mut shown) = (false, None);
    while shown.is_none() && now() - began < PATIENCE {
        let Ok(bytes) = receiver.recv_timeout(PATIENCE) else {
            break;
        };
        if contains(&bytes, b"\x1b[c") {
            writer.write_all(b"\x1b[?62c")?;
        }
        screen.process(&bytes);
        let text = screen.screen().contents();
        if text.contains("1 Browse") && !asked {
            asked = true;
            writer.write_all(b"4")?;
        }
        if text.contains("R-0001") {
            shown = Some((now() - began).as_secs_f64());
        }
    }
    child.kill()?;
    child.wait()?;
    shown.ok_or_else(|| format!("no run on the screen:\n{}", screen.screen().contents()).into())
}

fn size(cells: u16) -> Anyhow<NonZero<u16>> {
    NonZero::new(cells).ok_or_else(|| "no cells".into())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Seconds from the start of `armarius resume` to the first read of what was in flight, and how
/// many such reads there are before anything is sent.
fn first_read(world: &World, (config, data): (&Path, &Path)) -> Anyhow<(f64, u64)> {
    world.tell("clear")?;
    let (began, began_ms) = (now(), now_ms());
    let mut child = Command::new(env!("CARGO_BIN_EXE_armarius"))
        .arg("--config")
        .arg(config)
        .arg("--data-dir")
        .arg(data)
        .args(["resume", "R-0001"])
        .env("BENCH_TOKEN", DEMO_TOKEN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let seen = loop {
        let seen = world.tell("seen")?;
        if seen["writes"].as_u64() > Some(0) || now() - began > PATIENCE {
            break seen;
        }
        thread::sleep(Duration::from_millis(5));
    };
    child.kill()?;
    child.wait()?;
    let first = seen["first_read_back_ms"].as_i64();
    let first = seconds(began_ms, first.ok_or("nothing was read back")?);
    let reads = seen["read_back"].as_u64().unwrap_or(u64::MAX);
    Ok((first, reads))
}
