//! Stands between the program and the server and can hold one call: on its way there, or its
//! answer on the way back. What a slow network does, without waiting for one.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    process::Child,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
};

/// When a call is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the server has seen it.
    Asked,
    /// When the server has done it, before the program knows.
    Done,
}

/// The relay; it lasts as long as the test's process.
pub(crate) struct Relay {
    /// The address to use instead of the server's.
    pub(crate) address: String,
    held: Receiver<()>,
    seen: Arc<AtomicUsize>,
    released: Gate,
}

/// Opens once, for everybody who waits.
type Gate = Arc<(Mutex<bool>, Condvar)>;

#[derive(Clone)]
struct Plan {
    server: String,
    word: &'static str,
    number: usize,
    moment: Moment,
    seen: Arc<AtomicUsize>,
    held: Sender<()>,
    released: Gate,
}

impl Relay {
    /// Holds the call with this number among those that contain the word; passes all others on.
    pub(crate) fn holding(server: &str, word: &'static str, number: usize, moment: Moment) -> Self {
        let (tell, held) = channel();
        let seen: Arc<AtomicUsize> = Arc::default();
        let released = Gate::default();
        let plan = Plan {
            server: server.trim_start_matches("http://").to_owned(),
            word,
            number,
            moment,
            seen: Arc::clone(&seen),
            held: tell,
            released: Arc::clone(&released),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let plan = plan.clone();
                // A program that is killed breaks its connections; that is what is tested.
                thread::spawn(move || drop(plan.pass(connection)));
            }
        });
        Self {
            address,
            held,
            seen,
            released,
        }
    }

    /// Lets the call that is held go on.
    pub(crate) fn release(&self) {
        *self.released.0.lock().unwrap() = true;
        self.released.1.notify_all();
    }

    /// Returns when the call is held, or the program has ended without it.
    pub(crate) fn wait_or_end(&self, program: &mut Child) {
        let look = std::time::Duration::from_millis(20);
        while self.held.recv_timeout(look) == Err(RecvTimeoutError::Timeout) {
            if program.try_wait().unwrap().is_some() {
                return;
            }
        }
    }

    /// How many calls contained the word so far.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// Returns when the call is held.
    pub(crate) fn wait(&self) {
        let limit = std::time::Duration::from_mins(1);
        self.held.recv_timeout(limit).expect("the call never came");
    }
}

impl Plan {
    /// One call a connection.
    fn pass(&self, mut program: TcpStream) -> io::Result<()> {
        let request = message(&mut program)?;
        let text = String::from_utf8_lossy(&request);
        let held =
            text.contains(self.word) && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.number;
        if held && self.moment == Moment::Asked {
            self.hold();
        }
        let mut server = TcpStream::connect(&self.server)?;
        server.write_all(&closing(&request))?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        if held && self.moment == Moment::Done {
            self.hold();
        }
        program.write_all(&answer)
    }

    /// Keeps the call until it is released; for good if nobody does.
    fn hold(&self) {
        let _ = self.held.send(());
        let (released, changed) = (&self.released.0, &self.released.1);
        let guard = changed.wait_while(released.lock().unwrap(), |released| !*released);
        drop(guard.unwrap());
    }
}

/// Reads one request: the head, and as much body as it names.
fn message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&piece[..count]);
        if let Some(head) = head_of(&read) {
            let length = String::from_utf8_lossy(&read[..head])
                .lines()
                .find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    let is = name.eq_ignore_ascii_case("content-length");
                    is.then(|| value.trim().parse::<usize>().ok()).flatten()
                })
                .unwrap_or(0);
            if read.len() >= head + length {
                return Ok(read);
            }
        }
    }
}

fn head_of(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

/// The same request, asking for the connection to be closed after the answer.
fn closing(request: &[u8]) -> Vec<u8> {
    let first = request
        .windows(2)
        .position(|two| two == b"\r\n")
        .unwrap_or(0)
        + 2;
    [
        &request[..first],
        b"connection: close\r\n",
        &request[first..],
    ]
    .concat()
}
