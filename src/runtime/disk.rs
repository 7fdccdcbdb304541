//! The one thread that touches the disk: work is done in the order it was handed in.
//!
//! Notes of a run that wait in a row are kept together, so that all of them cost one wait for the
//! disk; each is answered only after that.

use std::{sync::mpsc, thread};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::oneshot;

use crate::{
    domain::{
        Failure, RunId,
        failure::FailureKind,
        run::{CallNote, RunState, Settlement},
    },
    store::{Note, StoreError, Workspace},
    submit::{Journal, Kept},
};

enum Work {
    /// Something to do.
    Do(Box<dyn FnOnce(&mut Workspace) + Send>),
    /// A note of a run to be kept.
    Keep(Waiting),
    /// The end: the workspace is closed and its lock given up, then it is said.
    End(oneshot::Sender<()>),
}

/// A note, and who waits for it to be durable.
struct Waiting {
    note: Note,
    sender: oneshot::Sender<Result<(), Failure>>,
}

/// The workspace, from any thread. Clones hand work to the same thread; it ends with the last.
#[derive(Clone)]
pub(super) struct Disk(mpsc::Sender<Work>);

impl Disk {
    /// Takes a workspace to a thread of its own.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn start(mut workspace: Workspace) -> Result<Self, Failure> {
        let (sender, receiver) = mpsc::channel::<Work>();
        let work = move || {
            let said = work_off(&receiver, &mut workspace);
            drop(workspace);
            // Whoever waited for it may be gone.
            let _ = said.map(|sender| sender.send(()));
        };
        let started = thread::Builder::new().name("disk".into()).spawn(work);
        started.map(|_| Self(sender)).map_err(|error| Failure {
            what: "could not open the workspace".into(),
            why: error.to_string(),
            hint: String::new(),
            kind: FailureKind::Local,
        })
    }

    /// Hands work in; returns whether somebody will do it.
    pub(super) fn tell(&self, work: impl FnOnce(&mut Workspace) + Send + 'static) -> bool {
        self.0.send(Work::Do(Box::new(work))).is_ok()
    }

    /// Hands work in, now, and waits for what comes of it.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Workspace) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Failure>> {
        let (sender, receiver) = oneshot::channel();
        self.tell(move |workspace| {
            let done = work(workspace).map_err(|error| error.failure(what));
            // Who asked may be gone; the work is done all the same.
            let _ = sender.send(done);
        });
        let answer = async move { receiver.await.unwrap_or_else(|_| Err(closed(what))) };
        answer.boxed()
    }

    /// Makes the thread panic: what the tests of that end ask for.
    #[cfg(debug_assertions)]
    pub(super) fn break_down(&self) {
        self.tell(|_| panic!("asked to break on the disk"));
    }

    /// Hands a note in, now, and waits until it is durable.
    fn keep(&self, note: Note) -> Kept<'static> {
        let (sender, receiver) = oneshot::channel();
        // If the thread is gone, so is the sender, which is told below.
        let _ = self.0.send(Work::Keep(Waiting { note, sender }));
        async move { receiver.await.unwrap_or_else(|_| Err(closed(NOTE))) }.boxed()
    }

    /// Does what was handed in, and closes the workspace.
    pub(super) async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.0.send(Work::End(sender)).is_ok() {
            // It ends either way.
            let _ = receiver.await;
        }
    }
}

/// Does what is handed in until the end, which somebody may wait for.
fn work_off(
    receiver: &mpsc::Receiver<Work>,
    workspace: &mut Workspace,
) -> Option<oneshot::Sender<()>> {
    let mut next = receiver.recv().ok();
    while let Some(work) = next.take() {
        match work {
            Work::Do(work) => work(workspace),
            Work::Keep(first) => {
                let mut waiting = vec![first];
                while next.is_none() && waiting.len() < TOGETHER {
                    match receiver.try_recv() {
                        Ok(Work::Keep(one)) => waiting.push(one),
                        Ok(other) => next = Some(other),
                        Err(_) => break,
                    }
                }
                keep(waiting, workspace);
            }
            Work::End(sender) => return Some(sender),
        }
        next = next.or_else(|| receiver.recv().ok());
    }
    None
}

/// Keeps notes together, then tells everybody what became of theirs.
fn keep(waiting: Vec<Waiting>, workspace: &mut Workspace) {
    let (notes, senders): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .map(|waiting| (waiting.note, waiting.sender))
        .unzip();
    for (sender, kept) in senders.into_iter().zip(workspace.keep(&notes)) {
        // Who asked may be gone; the note is kept all the same.
        let _ = sender.send(kept.map_err(|error| error.failure(NOTE)));
    }
}

/// The disk thread is gone: the workspace was closed, or the thread died.
fn closed(what: &str) -> Failure {
    Failure {
        what: what.to_owned(),
        why: "the workspace is closed".into(),
        hint: "start the program again".into(),
        kind: FailureKind::Local,
    }
}

/// Notes kept together at most, so that nobody waits long for the others.
const TOGETHER: usize = 64;
const NOTE: &str = "could not keep a note of the run, so nothing more is sent";

impl Journal for Disk {
    fn note_call<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.keep(Note {
            run: run.clone(),
            call: Some(call.clone()),
            settled: Vec::new(),
        })
    }

    fn answered<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.note_call(run, call)
    }

    fn settle<'a>(&'a self, run: &'a RunId, settled: &'a [Settlement]) -> Kept<'a> {
        self.keep(Note {
            run: run.clone(),
            call: None,
            settled: settled.to_vec(),
        })
    }

    fn concluded<'a>(
        &'a self,
        run: &'a RunId,
        (call, settled): (&'a CallNote, &'a [Settlement]),
    ) -> Kept<'a> {
        self.keep(Note {
            run: run.clone(),
            call: Some(call.clone()),
            settled: settled.to_vec(),
        })
    }

    fn state<'a>(&'a self, run: &'a RunId, state: RunState, at_ms: i64) -> Kept<'a> {
        let run = run.clone();
        self.ask(NOTE, move |workspace| {
            workspace.set_run_state(&run, state, at_ms)
        })
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{
        domain::{
            Run,
            run::{RunRules, ServerCounts},
        },
        store::Holder,
    };

    fn call(number: u32) -> CallNote {
        CallNote {
            number,
            operation: "metadata".into(),
            items: Vec::new(),
            noted_ms: 5,
            took_ms: None,
            counts: None,
            trace: String::new(),
            found: Vec::new(),
        }
    }

    /// A disk with a run that has no changes.
    async fn begun(folder: &TempDir) -> (Disk, RunId) {
        let me = Holder::this_process("jruiz", 0);
        let disk = Disk::start(Workspace::open(folder.path(), &me).unwrap()).unwrap();
        let run = Run {
            reverts: Vec::new(),
            id: RunId::numbered(1),
            label: String::new(),
            author: String::new(),
            profile: String::new(),
            started_ms: 5,
            finished_ms: None,
            digest: String::new(),
            state: RunState::Running,
            items: Vec::new(),
            settled: Vec::new(),
            calls: Vec::new(),
            counts: ServerCounts::default(),
            counted: false,
            rules: RunRules::default(),
        };
        let id = run.id.clone();
        let begin = move |workspace: &mut Workspace| workspace.begin_run(&run);
        disk.ask("begin", begin).await.unwrap();
        (disk, id)
    }

    #[tokio::test]
    async fn notes_that_queued_up_are_kept_in_order_with_the_work_between_them() {
        let folder = TempDir::new().unwrap();
        let (disk, id) = begun(&folder).await;
        // The disk is busy until everything is handed in.
        let (free, busy) = mpsc::channel::<()>();
        disk.tell(move |_| assert!(busy.recv().is_ok()));
        let (early, late): (Vec<_>, Vec<_>) =
            ((1..=70).map(call).collect(), (71..=75).map(call).collect());
        let mut kept: Vec<_> = early.iter().map(|one| disk.note_call(&id, one)).collect();
        let of = id.clone();
        let look = move |workspace: &mut Workspace| workspace.load_run(&of);
        let between = disk.ask("look", look);
        kept.extend(late.iter().map(|one| disk.note_call(&id, one)));
        let nobody = RunId::numbered(99);
        let lost = disk.note_call(&nobody, &late[0]);
        free.send(()).unwrap();
        for kept in kept {
            kept.await.unwrap();
        }
        assert_eq!(between.await.unwrap().calls.len(), 70);
        let failure = lost.await.unwrap_err();
        assert!(failure.why.contains("no run R-0099"), "{failure:?}");
        disk.close().await;
        let me = Holder::this_process("jruiz", 0);
        let run = Workspace::open(folder.path(), &me).unwrap().load_run(&id);
        assert_eq!(run.unwrap().calls.len(), 75);
    }

    #[tokio::test]
    async fn after_the_end_a_note_is_refused_and_nobody_waits_for_ever() {
        let folder = TempDir::new().unwrap();
        let (disk, id) = begun(&folder).await;
        disk.close().await;
        let failure = disk.note_call(&id, &call(1)).await.unwrap_err();
        assert_eq!(failure.why, "the workspace is closed");
    }
}
