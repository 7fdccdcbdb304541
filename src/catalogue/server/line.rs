//! Connections that can be cut from inside, for faults on request.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Handle on one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Arc<Cuts>);

#[derive(Debug, Default)]
struct Cuts {
    cut: AtomicBool,
    reset: AtomicBool,
}

impl Line {
    /// Cut it: not a byte goes out any more.
    pub(super) fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
    }

    /// Cut it, and let the other side be told so rudely.
    pub(super) fn reset(&self) {
        self.0.reset.store(true, Ordering::SeqCst);
        self.cut();
    }

    fn intact(&self) -> io::Result<()> {
        if self.0.cut.load(Ordering::SeqCst) {
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

/// Accepts connections.
pub(super) struct Doors(TcpListener);

impl Doors {
    /// Over a listener.
    pub(super) const fn new(listener: TcpListener) -> Self {
        Self(listener)
    }
}

impl Listener for Doors {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.0.accept().await {
                // Small answers should not wait for more.
                let _ = stream.set_nodelay(true);
                let line = Line::default();
                return (Wire { stream, line }, address);
            }
            // Out of file handles, most likely: some will be free soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection.
pub(super) struct Wire {
    stream: TcpStream,
    line: Line,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.0.reset.load(Ordering::SeqCst) {
            // Without it the other side sees an end in place of a reset: as good a fault.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.intact()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.intact()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.intact()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
