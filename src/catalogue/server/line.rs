//! Connections: how many may be open, how long an unused one stays, and cutting one from inside
//! for faults on request.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How long a connection may stay without a request that is being answered. Counted from the last
/// answer, so it also bounds how long a request may take to arrive. Longer than HTTP clients
/// usually keep a connection for later (90 s), so it is they who close it.
const IDLE: Duration = Duration::from_mins(2);

/// Handle on one connection.
#[derive(Clone, Debug)]
pub(super) struct Line(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    cut: CancellationToken,
    reset: AtomicBool,
    usage: Mutex<Usage>,
}

#[derive(Debug)]
struct Usage {
    /// Requests that are being answered.
    answering: usize,
    /// When something was last sent, or when the connection was accepted.
    since: Instant,
}

/// A request is being answered while this lives.
pub(super) struct Answering(Line);

impl Drop for Answering {
    fn drop(&mut self) {
        let mut usage = self.0.usage();
        usage.answering -= 1;
        usage.since = Instant::now();
    }
}

impl Line {
    fn new() -> Self {
        Self(Arc::new(Shared {
            cut: CancellationToken::new(),
            reset: AtomicBool::new(false),
            usage: Mutex::new(Usage {
                answering: 0,
                since: Instant::now(),
            }),
        }))
    }

    /// Cut it: not a byte goes out any more.
    pub(super) fn cut(&self) {
        self.0.cut.cancel();
    }

    /// Cut it, and let the other side be told so rudely.
    pub(super) fn reset(&self) {
        self.0.reset.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Call it when a request has arrived whole, and drop the result with the answer.
    pub(super) fn answering(&self) -> Answering {
        self.usage().answering += 1;
        Answering(self.clone())
    }

    /// Since when it is unused; `None` while a request is being answered.
    fn idle_since(&self) -> Option<Instant> {
        let usage = self.usage();
        (usage.answering == 0).then_some(usage.since)
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.0.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn intact(&self) -> io::Result<()> {
        if self.0.cut.is_cancelled() {
            Err(io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, Doors>> for Line {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
        stream.io().line.clone()
    }
}

/// Every open connection.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<HashMap<u64, Line>>,
    left: Notify,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Line>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the connection that has been unused for longest; `false` if all are in use.
    fn cut_one(&self) -> bool {
        let open = self.open();
        let idle = open.values().filter(|line| line.intact().is_ok());
        let oldest = idle
            .filter_map(|line| Some((line.idle_since()?, line)))
            .min_by_key(|(since, _)| *since);
        oldest.inspect(|(_, line)| line.cut()).is_some()
    }

    /// Cuts every connection on which nothing is being answered: the server stops.
    pub(super) fn cut_idle(&self) {
        let open = self.open();
        let idle = open.values().filter(|line| line.idle_since().is_some());
        idle.for_each(Line::cut);
    }
}

/// Accepts connections, no more than a limit at once. One too many takes the place of the one
/// unused for longest; if all are in use it waits for one to end.
pub(super) struct Doors {
    listener: TcpListener,
    connections: Arc<Connections>,
    limit: usize,
    next: u64,
}

impl Doors {
    /// Over a listener, for at most `limit` connections at once.
    pub(super) fn new(listener: TcpListener, connections: Arc<Connections>, limit: usize) -> Self {
        Self {
            listener,
            connections,
            limit,
            next: 0,
        }
    }

    /// Waits until there is room for one more.
    async fn room(&self) {
        loop {
            let left = self.connections.left.notified();
            if self.connections.open().len() < self.limit {
                return;
            }
            self.connections.cut_one();
            left.await;
        }
    }
}

impl Listener for Doors {
    type Io = Wire<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire<TcpStream>, SocketAddr) {
        loop {
            self.room().await;
            if let Ok((stream, address)) = self.listener.accept().await {
                // Small answers should not wait for more.
                let _ = stream.set_nodelay(true);
                self.next += 1;
                let line = Line::new();
                self.connections.open().insert(self.next, line.clone());
                let place = Place {
                    connections: Arc::clone(&self.connections),
                    number: self.next,
                };
                return (Wire::new(stream, line, Some(place)), address);
            }
            // Out of file handles, most likely: make one free, or wait for one.
            self.connections.cut_one();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection's place among the open ones; given up when dropped.
struct Place {
    connections: Arc<Connections>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(&self.number);
        self.connections.left.notify_one();
    }
}

/// A connection.
pub(super) struct Wire<S: Socket> {
    // Before the place, so that the handle is free when the place is.
    stream: S,
    line: Line,
    is_cut: Pin<Box<WaitForCancellationFutureOwned>>,
    patience: Pin<Box<Sleep>>,
    _place: Option<Place>,
}

/// What a connection goes over.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {
    /// Closes it with a reset in place of an end, where that can be done.
    fn close_with_reset(&self) {}
}

impl Socket for TcpStream {
    fn close_with_reset(&self) {
        // Without it the other side sees an end in place of a reset: as good a fault.
        let _ = self.set_zero_linger();
    }
}

impl<S: Socket> Wire<S> {
    fn new(stream: S, line: Line, place: Option<Place>) -> Self {
        Self {
            stream,
            is_cut: Box::pin(line.0.cut.clone().cancelled_owned()),
            patience: Box::pin(sleep_until(Instant::now() + IDLE)),
            line,
            _place: place,
        }
    }

    /// Fails if the connection was cut or has been unused for too long; otherwise wakes the task
    /// when that happens.
    fn poll_end(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.is_cut.as_mut().poll(context).is_ready() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.patience.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let until = self.line.idle_since().unwrap_or(now) + IDLE;
            if until <= now {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.patience.as_mut().reset(until);
        }
        Ok(())
    }
}

impl<S: Socket> Drop for Wire<S> {
    fn drop(&mut self) {
        if self.line.0.reset.load(Ordering::SeqCst) {
            self.stream.close_with_reset();
        }
    }
}

impl<S: Socket> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.intact()?;
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            self.poll_end(context)?;
        }
        read
    }
}

impl<S: Socket> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.intact()?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_pending() {
            self.poll_end(context)?;
        } else {
            self.line.usage().since = Instant::now();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.intact()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    impl Socket for DuplexStream {}

    async fn read(wire: &mut Wire<DuplexStream>) -> io::Result<usize> {
        wire.read(&mut [0; 8]).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_sends_nothing_or_a_byte_now_and_then_is_closed() {
        let (ours, mut theirs) = duplex(64);
        let mut wire = Wire::new(ours, Line::new(), None);
        let begun = Instant::now();
        let trickle = tokio::spawn(async move {
            while theirs.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let ended = loop {
            match read(&mut wire).await {
                Ok(_) => {}
                Err(error) => break error.kind(),
            }
        };
        assert_eq!(ended, io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), IDLE.as_secs());
        drop(wire);
        trickle.await.expect("ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_keeps_its_connection_and_an_answer_begins_the_time_anew() {
        let (ours, _theirs) = duplex(64);
        let line = Line::new();
        let mut wire = Wire::new(ours, line.clone(), None);
        let answering = line.answering();
        let long = tokio::time::timeout(IDLE * 10, read(&mut wire)).await;
        assert!(long.is_err(), "still open while it is answered");
        drop(answering);
        let soon = tokio::time::timeout(IDLE / 2, read(&mut wire)).await;
        assert!(soon.is_err(), "kept for the next request");
        let ended = read(&mut wire).await.expect_err("closed");
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}
