//! A raw socket server: it says exactly the bytes it is told, as slowly and brokenly as told. Alone,
//! or before the real server, to do something to one request or to its answer.

use std::{
    io,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    time::sleep,
};

/// What is done to a request.
#[derive(Clone)]
pub(crate) enum Deed {
    /// It is passed on, and its answer back.
    Pass,
    /// The connection is reset before the server hears of it.
    ResetBefore,
    /// The server does it, and the connection is reset without a byte.
    ResetAfter,
    /// The server does it, and half of the answer comes.
    Midbody,
    /// The server does it, and its answer comes a byte at a time.
    Drip(Duration),
    /// Nobody hears of it, and nothing is answered.
    Silent,
    /// The server does it, and nothing is answered.
    SilentAfter,
    /// These bytes are the answer; the server does not hear of it.
    Instead(Vec<u8>),
    /// The server does it, and these bytes are the answer.
    DoneThen(Vec<u8>),
    /// The head, and then the piece for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// The server does it, and its answer is changed.
    Changed(Change),
    /// Something happens first; then it is passed on.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
}

/// Makes another body of an answer's body.
pub(crate) type Change = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A request as it came.
pub(crate) struct Asked {
    /// Which one, counted from 1 since the script was armed.
    pub(crate) number: usize,
    /// Head and body.
    pub(crate) text: String,
}

impl Asked {
    /// Whether it asks for a page of the listing.
    pub(crate) fn lists(&self) -> bool {
        self.text.contains("searchAssetsParam")
            || (self.text.contains("/indexsearch") && !self.text.contains("\"aggs\""))
    }
}

type Script = Arc<dyn Fn(&Asked) -> Deed + Send + Sync>;

/// The server; it lasts as long as the tests.
pub(crate) struct Raw {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    scene: Scene,
}

#[derive(Clone)]
struct Scene {
    server: Option<String>,
    script: Script,
    armed: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    /// Nobody behind it: the script answers everything.
    pub(crate) fn alone(script: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Self {
        let raw = Self::start(None, Arc::new(script));
        raw.arm();
        raw
    }

    /// Before a real server; passes everything on until it is armed.
    pub(crate) fn before(
        server: &str,
        script: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        Self::start(Some(server), Arc::new(script))
    }

    fn start(server: Option<String>, script: Script) -> Self {
        let scene = Scene {
            server,
            script,
            armed: Arc::default(),
            count: Arc::default(),
            seen: Arc::default(),
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stage = scene.clone();
        runtime().spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let stage = stage.clone();
                // A program that gives up breaks its connection; that is what is tested.
                tokio::spawn(async move { drop(Box::pin(stage.play(stream)).await) });
            }
        });
        Self { address, scene }
    }

    /// From now on the script is asked.
    pub(crate) fn arm(&self) {
        self.scene.armed.store(true, Ordering::SeqCst);
    }

    /// From now on everything is passed on.
    pub(crate) fn disarm(&self) {
        self.scene.armed.store(false, Ordering::SeqCst);
    }

    /// How many requests came since it was armed.
    pub(crate) fn count(&self) -> usize {
        self.scene.count.load(Ordering::SeqCst)
    }

    /// Everything that was asked, armed or not.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.scene.seen.lock().unwrap().clone()
    }
}

/// One for all, so that nothing that is silent on purpose keeps a test from ending.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    })
}

impl Scene {
    /// One request a connection.
    async fn play(self, mut program: TcpStream) -> io::Result<()> {
        program.set_nodelay(true)?;
        let request = Box::pin(message(&mut program)).await?;
        let text = String::from_utf8_lossy(&request).into_owned();
        self.seen.lock().unwrap().push(text.clone());
        let deed = if self.armed.load(Ordering::SeqCst) {
            let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
            (self.script)(&Asked { number, text })
        } else {
            Deed::Pass
        };
        self.act(deed, &request, program).await
    }

    async fn act(&self, deed: Deed, request: &[u8], mut program: TcpStream) -> io::Result<()> {
        match deed {
            Deed::Pass => {
                let answer = self.answer(request).await?;
                program.write_all(&answer).await
            }
            Deed::Meanwhile(happens) => {
                happens();
                let answer = self.answer(request).await?;
                program.write_all(&answer).await
            }
            Deed::ResetBefore => program.set_zero_linger(),
            Deed::ResetAfter => {
                self.answer(request).await?;
                program.set_zero_linger()
            }
            Deed::Midbody => {
                let answer = self.answer(request).await?;
                let body = head_of(&answer).unwrap_or(0);
                let half = body + (answer.len() - body) / 2;
                program.write_all(&answer[..half]).await
            }
            Deed::Drip(pause) => {
                for byte in self.answer(request).await? {
                    program.write_all(&[byte]).await?;
                    sleep(pause).await;
                }
                Ok(())
            }
            Deed::Silent => program.read_to_end(&mut Vec::new()).await.map(drop),
            Deed::SilentAfter => {
                self.answer(request).await?;
                program.read_to_end(&mut Vec::new()).await.map(drop)
            }
            Deed::Instead(bytes) => program.write_all(&bytes).await,
            Deed::DoneThen(bytes) => {
                self.answer(request).await?;
                program.write_all(&bytes).await
            }
            Deed::Endless(head, piece) => {
                program.write_all(&head).await?;
                loop {
                    program.write_all(&piece).await?;
                }
            }
            Deed::Changed(change) => {
                let answer = self.answer(&unpacked(request)).await?;
                let split = head_of(&answer).unwrap_or(answer.len());
                let head = String::from_utf8_lossy(&answer[..split]).into_owned();
                let body = change(answer[split..].to_vec());
                program
                    .write_all(relength(&head, body.len()).as_bytes())
                    .await?;
                program.write_all(&body).await
            }
        }
    }

    async fn answer(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let server = self.server.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut server = TcpStream::connect(server).await?;
        server.write_all(&closing(request)).await?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

/// A whole ordinary answer.
pub(crate) fn http(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Reads one request: the head, and as much body as it names.
async fn message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&piece[..count]);
        if let Some(head) = head_of(&read) {
            let text = String::from_utf8_lossy(&read[..head]);
            let length = text.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is = name.eq_ignore_ascii_case("content-length");
                is.then(|| value.trim().parse::<usize>().ok()).flatten()
            });
            if read.len() >= head + length.unwrap_or(0) {
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
    let first = request.windows(2).position(|two| two == b"\r\n");
    let first = first.unwrap_or(0) + 2;
    let close: &[u8] = b"connection: close\r\n";
    [&request[..first], close, &request[first..]].concat()
}

/// The same request, not asking for compression.
fn unpacked(request: &[u8]) -> Vec<u8> {
    let split = head_of(request).unwrap_or(0);
    let head = String::from_utf8_lossy(&request[..split]);
    let lines: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.to_lowercase().starts_with("accept-encoding"))
        .collect();
    [lines.join("\r\n").as_bytes(), &request[split..]].concat()
}

/// The same head for a body of another length.
fn relength(head: &str, length: usize) -> String {
    let lines: Vec<String> = head
        .split("\r\n")
        .map(|line| {
            if line.to_lowercase().starts_with("content-length") {
                format!("content-length: {length}")
            } else {
                line.to_owned()
            }
        })
        .collect();
    lines.join("\r\n")
}
