//! Waits for the keyboard without ever waking up in vain, and notices when it is gone.

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// There is something to read.
    Readable,
    /// Somebody called [`wake`].
    Woken,
    /// Nothing will ever come again.
    Gone,
}

pub(super) use system::{is_readable, prepare, wait, wake};

#[cfg(unix)]
mod system {
    use std::{
        io::{self, Read, Write},
        os::{fd::AsRawFd, unix::net::UnixStream},
        sync::OnceLock,
        time::Duration,
    };

    use filedescriptor::{Error, POLLERR, POLLHUP, POLLIN, poll, pollfd};

    use super::Waited;

    /// Two ends of a line: what is written to the first wakes who waits at the second.
    static LINE: OnceLock<(UnixStream, UnixStream)> = OnceLock::new();

    pub(in crate::ui::terminal) fn prepare() -> io::Result<()> {
        let (near, far) = UnixStream::pair()?;
        near.set_nonblocking(true)?;
        far.set_nonblocking(true)?;
        // Made before: that one does.
        drop(LINE.set((near, far)));
        Ok(())
    }

    pub(in crate::ui::terminal) fn wake() {
        if let Some((near, _)) = LINE.get() {
            // Full, it wakes all the same.
            let _ = (&*near).write(b"w");
        }
    }

    pub(in crate::ui::terminal) fn wait() -> io::Result<Waited> {
        let Some((_, far)) = LINE.get() else {
            return Err(io::Error::other("nothing was prepared"));
        };
        let mut all = [readable(&io::stdin()), readable(far)];
        loop {
            match poll(&mut all, None) {
                Ok(_) => break,
                Err(Error::Poll(error) | Error::Io(error))
                    if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        let [keyboard, line] = all.map(|one| one.revents);
        if keyboard & (POLLHUP | POLLERR) != 0 {
            return Ok(Waited::Gone);
        }
        if line & POLLIN != 0 {
            // All that is there, so that the next wait is one.
            while matches!((&*far).read(&mut [0; 64]), Ok(1..)) {}
            return Ok(Waited::Woken);
        }
        Ok(Waited::Readable)
    }

    /// Whether there is something to read that nobody has read yet, or will be within this time.
    pub(in crate::ui::terminal) fn is_readable(within: Duration) -> bool {
        let mut keyboard = [readable(&io::stdin())];
        poll(&mut keyboard, Some(within)).is_ok() && keyboard[0].revents == POLLIN
    }

    fn readable(file: &impl AsRawFd) -> pollfd {
        pollfd {
            fd: file.as_raw_fd(),
            events: POLLIN,
            revents: 0,
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::{io, time::Duration};

    use ratatui::crossterm::event::poll;

    use super::Waited;

    pub(in crate::ui::terminal) fn prepare() -> io::Result<()> {
        Ok(())
    }

    pub(in crate::ui::terminal) fn wake() {}

    /// Nobody can tell without reading it.
    pub(in crate::ui::terminal) fn is_readable(_within: Duration) -> bool {
        false
    }

    pub(in crate::ui::terminal) fn wait() -> io::Result<Waited> {
        let comes = poll(Duration::from_secs(1))?;
        Ok(if comes {
            Waited::Readable
        } else {
            Waited::Woken
        })
    }
}
