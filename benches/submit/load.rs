//! The plain load tool beside us: wrk sending the bodies we sent, or a bare loop if there is no wrk.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    thread,
    time::Duration,
};

use crate::{Anyhow, world::World};

/// Sends recorded bodies over and over, as fast as it gets answers.
pub(crate) struct Load {
    address: String,
    path: String,
    headers: Vec<(String, String)>,
    bodies: PathBuf,
    script: PathBuf,
    has_wrk: bool,
}

/// Between two bodies of the file.
const BETWEEN: &str = "\n\u{1e}\n";

impl Load {
    /// Records what a client sends for a while, to be sent again.
    pub(crate) fn record(world: &mut World) -> Anyhow<Self> {
        world.tell("clear")?;
        world.tell("record")?;
        let folder = world.path().to_owned();
        world.send(&folder, 64 * 20, 4)?;
        let bodies = folder.join("bodies");
        let seen = world.tell(&format!("bodies{}", bodies.display()))?;
        let head = seen["head"].as_str().ok_or("nothing was recorded")?;
        let mut lines = head.lines();
        let path = lines.next().and_then(|line| line.split(' ').nth(1));
        let path = path.ok_or("no request line")?.to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| {
                !["host", "content-length", "connection"]
                    .contains(&name.to_ascii_lowercase().as_str())
            })
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let script = folder.join("bodies.lua");
        let load = Self {
            address: world.address.clone(),
            path,
            headers,
            bodies,
            script,
            has_wrk: Command::new("wrk").arg("--version").output().is_ok(),
        };
        fs::write(&load.script, load.lua())?;
        world.tell("clear")?;
        Ok(load)
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &'static str {
        if self.has_wrk { "wrk" } else { "a bare loop" }
    }

    /// Requests a second with so many connections, over so many seconds.
    pub(crate) fn requests_a_second(&self, connections: usize, seconds: u64) -> Anyhow<f64> {
        if !self.has_wrk {
            return self.bare_loop(connections, Duration::from_secs(seconds));
        }
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s")])
            .arg("-s")
            .arg(&self.script)
            .arg(format!("http://{}{}", self.address, self.path));
        let said = crate::world::output(&mut wrk)?;
        let figure = said
            .lines()
            .find_map(|line| line.strip_prefix("figure "))
            .ok_or_else(|| format!("wrk said {said}"))?;
        Ok(figure.trim().parse()?)
    }

    /// The script: the bodies in turn, and the figure at the end.
    fn lua(&self) -> String {
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let _ = writeln!(headers, "wrk.headers[{name:?}] = {value:?}");
        }
        format!(
            "wrk.method = 'POST'\n{headers}\
             local file = io.open({:?}, 'rb')\nlocal all = file:read('*a')\nfile:close()\n\
             local bodies, at = {{}}, 1\n\
             while true do\n  local from, to = all:find('\\n\\30\\n', at, true)\n\
               bodies[#bodies + 1] = all:sub(at, (from or 0) - 1)\n\
               if not from then break end\n  at = to + 1\nend\n\
             local requests, turn = {{}}, 0\n\
             init = function(args)\n\
               for i, body in ipairs(bodies) do\n\
                 requests[i] = wrk.format('POST', nil, nil, body)\n  end\nend\n\
             request = function()\n  turn = turn % #requests + 1\n  return requests[turn]\nend\n\
             done = function(summary)\n\
               local bad = summary.errors\n\
               if bad.status + bad.read + bad.write + bad.timeout > 0 then print('errors') end\n\
               print('figure ' .. summary.requests / (summary.duration / 1e6))\nend\n",
            self.bodies.display().to_string()
        )
    }

    /// The same without wrk: a thread a connection that writes and reads.
    fn bare_loop(&self, connections: usize, span: Duration) -> Anyhow<f64> {
        let bodies = fs::read_to_string(&self.bodies)?;
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let _ = write!(headers, "{name}: {value}\r\n");
        }
        let requests: Vec<String> = bodies
            .split(BETWEEN)
            .map(|body| {
                format!(
                    "POST {} HTTP/1.1\r\nhost: {}\r\n{headers}content-length: {}\r\n\r\n{body}",
                    self.path,
                    self.address,
                    body.len()
                )
            })
            .collect();
        let counts: Vec<Anyhow<u32>> = thread::scope(|scope| {
            let one = || converse(&self.address, &requests, span);
            let threads: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err("it panicked".into())))
                .collect()
        });
        let total: u32 = counts.into_iter().sum::<Anyhow<u32>>()?;
        Ok(f64::from(total) / span.as_secs_f64())
    }
}

fn converse(address: &str, requests: &[String], span: Duration) -> Anyhow<u32> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let end = crate::resume::now() + span;
    let mut answers = 0;
    let mut buffer = vec![0; 1 << 16];
    for request in requests.iter().cycle() {
        if crate::resume::now() >= end {
            break;
        }
        stream.write_all(request.as_bytes())?;
        let (mut have, mut whole) = (0, None);
        while whole.is_none_or(|whole| have < whole) {
            have += stream.read(&mut buffer[have..])?;
            let text = String::from_utf8_lossy(&buffer[..have]);
            whole = text.split_once("\r\n\r\n").and_then(|(head, _)| {
                let (_, length) = head.split_once("content-length: ")?;
                let length: usize = length.lines().next()?.parse().ok()?;
                Some(head.len() + 4 + length)
            });
        }
        answers += 1;
    }
    Ok(answers)
}
