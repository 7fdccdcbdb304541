//! Stands between the program and the C library (`LD_PRELOAD`): counts the program's steps on the
//! disk and on the network, and at a chosen one kills the program or lets the call fail.
//!
//! Not a part of the tests' crate: compiled by itself when the tests run. See `steps.rs`.
//!
//! `STEP_OPS` names the calls that count (`sync write open send receive`), `STEP_UNDER` the
//! folder whose files count, `STEP_AT` the number of the step, `STEP_DEED` what happens there
//! (`kill`, `torn`, or an error's number), `STEP_LASTS` whether every later one fails as well,
//! `STEP_TRACE` a file that gets a line a call: its number (0 if it does not count), what it is, on
//! what, how many bytes, and where in the file they end.

#![allow(clippy::missing_safety_doc)]

use std::{
    ffi::{CStr, c_char, c_int, c_long, c_uint, c_void},
    mem::transmute,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn readlink(path: *const c_char, to: *mut c_char, size: usize) -> isize;
    fn getpid() -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn pause() -> c_int;
    fn __errno_location() -> *mut c_int;
}

const NEXT: *mut c_void = -1_isize as *mut c_void;
const SIGKILL: c_int = 9;
/// `O_WRONLY`, `O_RDWR` and `O_CREAT` of Linux.
const WRITING: c_int = 0o103;
const APPENDING: c_int = 0o2101;

type Write = unsafe extern "C" fn(c_int, *const c_void, usize) -> isize;
type Open = unsafe extern "C" fn(*const c_char, c_int, c_uint) -> c_int;

fn real(name: &CStr) -> *mut c_void {
    unsafe { dlsym(NEXT, name.as_ptr()) }
}

#[derive(PartialEq)]
enum Deed {
    Kill,
    Torn,
    Fail(c_int),
}

struct Plan {
    ops: String,
    under: Vec<u8>,
    at: usize,
    deed: Deed,
    lasts: bool,
    trace: c_int,
}

static PLAN: OnceLock<Plan> = OnceLock::new();
static STEP: AtomicUsize = AtomicUsize::new(0);

fn plan() -> &'static Plan {
    PLAN.get_or_init(|| {
        let of = |name: &str| std::env::var(name).unwrap_or_default();
        let trace = of("STEP_TRACE");
        let trace = if trace.is_empty() {
            -1
        } else {
            let open: Open = unsafe { transmute(real(c"open64")) };
            let path = format!("{trace}\0");
            unsafe { open(path.as_ptr().cast(), APPENDING, 0o600) }
        };
        Plan {
            ops: of("STEP_OPS"),
            under: of("STEP_UNDER").into_bytes(),
            at: of("STEP_AT").parse().unwrap_or(0),
            deed: match of("STEP_DEED").as_str() {
                "kill" => Deed::Kill,
                "torn" => Deed::Torn,
                number => Deed::Fail(number.parse().unwrap_or(5)),
            },
            lasts: of("STEP_LASTS") == "1",
            trace,
        }
    })
}

/// What an open file is: the last part of its path if it lies under the folder, `socket`, or
/// nothing that counts.
fn name(fd: c_int, to: &mut [u8; 512]) -> Option<&[u8]> {
    let link = format!("/proc/self/fd/{fd}\0");
    let length = unsafe { readlink(link.as_ptr().cast(), to.as_mut_ptr().cast(), to.len()) };
    let path = &to[..usize::try_from(length).ok()?];
    if path.starts_with(b"socket:") {
        return Some(b"socket");
    }
    last_part(path)
}

fn last_part(path: &[u8]) -> Option<&[u8]> {
    let under = &plan().under;
    if under.is_empty() || !path.starts_with(under) {
        return None;
    }
    path.rsplit(|byte| *byte == b'/').next()
}

fn die() -> ! {
    unsafe {
        kill(getpid(), SIGKILL);
        loop {
            pause();
        }
    }
}

/// What is to happen to this call.
enum Turn {
    Pass,
    /// Half of it, then death.
    Torn,
    Fail,
}

/// Counts a call, and says what happens to it.
fn step(op: &str, on: &[u8], (length, end): (usize, usize)) -> Turn {
    let plan = plan();
    let counts = plan.ops.split(' ').any(|known| known == op);
    let number = if counts {
        STEP.fetch_add(1, SeqCst) + 1
    } else {
        0
    };
    if plan.trace >= 0 {
        let on = String::from_utf8_lossy(on);
        let line = format!("{number} {op} {on} {length} {end}\n");
        let write: Write = unsafe { transmute(real(c"write")) };
        unsafe { write(plan.trace, line.as_ptr().cast(), line.len()) };
    }
    if !counts || plan.at == 0 || number < plan.at || (number > plan.at && !plan.lasts) {
        return Turn::Pass;
    }
    match plan.deed {
        Deed::Kill => die(),
        Deed::Torn => Turn::Torn,
        Deed::Fail(error) => {
            unsafe { *__errno_location() = error };
            Turn::Fail
        }
    }
}

fn file(op: &str, fd: c_int, extent: (usize, usize)) -> Turn {
    let mut space = [0; 512];
    match name(fd, &mut space) {
        Some(b"socket") | None => Turn::Pass,
        Some(on) => step(op, on, extent),
    }
}

fn socket(op: &str, length: usize) -> Turn {
    step(op, b"socket", (length, 0))
}

/// Does it, or half of it and dies, or fails.
fn done<T: From<i8>>(turn: Turn, all: impl FnOnce() -> T, half: impl FnOnce() -> T) -> T {
    match turn {
        Turn::Pass => all(),
        Turn::Fail => T::from(-1),
        Turn::Torn => {
            half();
            die()
        }
    }
}

macro_rules! real {
    ($name:literal, $kind:ty) => {{
        static REAL: OnceLock<usize> = OnceLock::new();
        let found = *REAL.get_or_init(|| real($name) as usize);
        unsafe { transmute::<usize, $kind>(found) }
    }};
}

type Sync = unsafe extern "C" fn(c_int) -> c_int;
type Pwrite = unsafe extern "C" fn(c_int, *const c_void, usize, c_long) -> isize;
type Truncate = unsafe extern "C" fn(c_int, c_long) -> c_int;
type Send = unsafe extern "C" fn(c_int, *const c_void, usize, c_int) -> isize;
type Receive = unsafe extern "C" fn(c_int, *mut c_void, usize, c_int) -> isize;
type Writev = unsafe extern "C" fn(c_int, *const c_void, c_int) -> isize;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    let real = real!(c"fsync", Sync);
    let all = || unsafe { real(fd) };
    done(file("sync", fd, (0, 0)), all, all)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    let real = real!(c"fdatasync", Sync);
    let all = || unsafe { real(fd) };
    done(file("sync", fd, (0, 0)), all, all)
}

fn pwritten(real: Pwrite, fd: c_int, from: *const c_void, size: usize, at: c_long) -> isize {
    let part = |size| unsafe { real(fd, from, size, at) };
    let end = size + usize::try_from(at).unwrap_or(0);
    done(
        file("write", fd, (size, end)),
        || part(size),
        || part(size / 2),
    )
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(
    fd: c_int,
    from: *const c_void,
    size: usize,
    at: c_long,
) -> isize {
    pwritten(real!(c"pwrite64", Pwrite), fd, from, size, at)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(fd: c_int, from: *const c_void, size: usize, at: c_long) -> isize {
    pwritten(real!(c"pwrite", Pwrite), fd, from, size, at)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, from: *const c_void, size: usize) -> isize {
    let real = real!(c"write", Write);
    let mut space = [0; 512];
    let turn = match name(fd, &mut space) {
        Some(b"socket") => socket("send", size),
        Some(on) => step("write", on, (size, 0)),
        None => Turn::Pass,
    };
    let part = |size| unsafe { real(fd, from, size) };
    done(turn, || part(size), || part(size / 2))
}

fn truncated(real: Truncate, fd: c_int, size: c_long) -> c_int {
    let all = || unsafe { real(fd, size) };
    done(file("write", fd, (0, 0)), all, all)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ftruncate64(fd: c_int, size: c_long) -> c_int {
    truncated(real!(c"ftruncate64", Truncate), fd, size)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ftruncate(fd: c_int, size: c_long) -> c_int {
    truncated(real!(c"ftruncate", Truncate), fd, size)
}

fn opened(real: Open, path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
    let turn = match last_part(bytes) {
        Some(on) if flags & WRITING != 0 => step("open", on, (0, 0)),
        Some(_) | None => Turn::Pass,
    };
    let all = || unsafe { real(path, flags, mode) };
    done(turn, all, all)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    opened(real!(c"open64", Open), path, flags, mode)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    opened(real!(c"open", Open), path, flags, mode)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    let real = real!(c"unlink", unsafe extern "C" fn(*const c_char) -> c_int);
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
    let turn = last_part(bytes).map_or(Turn::Pass, |on| step("write", on, (0, 0)));
    let all = || unsafe { real(path) };
    done(turn, all, all)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    type Rename = unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;
    let real = real!(c"rename", Rename);
    let bytes = unsafe { CStr::from_ptr(to) }.to_bytes();
    let turn = last_part(bytes).map_or(Turn::Pass, |on| step("write", on, (0, 0)));
    let all = || unsafe { real(from, to) };
    done(turn, all, all)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn send(fd: c_int, from: *const c_void, size: usize, flags: c_int) -> isize {
    let real = real!(c"send", Send);
    let part = |size| unsafe { real(fd, from, size, flags) };
    done(socket("send", size), || part(size), || part(size / 2))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(fd: c_int, parts: *const c_void, count: c_int) -> isize {
    let real = real!(c"writev", Writev);
    let mut space = [0; 512];
    let turn = match name(fd, &mut space) {
        Some(b"socket") => socket("send", 0),
        Some(on) => step("write", on, (0, 0)),
        None => Turn::Pass,
    };
    let part = |count| unsafe { real(fd, parts, count) };
    done(turn, || part(count), || part(1))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn recv(fd: c_int, to: *mut c_void, size: usize, flags: c_int) -> isize {
    let real = real!(c"recv", Receive);
    let part = |size| unsafe { real(fd, to, size, flags) };
    done(socket("receive", size), || part(size), || part(size / 2))
}
