//! The one thread that touches the disk: work is done in the order it was handed in.

use std::{sync::mpsc, thread};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::oneshot;

use crate::{
    domain::{
        Failure, RunId,
        failure::FailureKind,
        run::{CallNote, RunState, Settlement},
    },
    store::{StoreError, Workspace},
    submit::{Journal, Kept},
};

enum Work {
    /// Something to do.
    Do(Box<dyn FnOnce(&mut Workspace) + Send>),
    /// The end: the workspace is closed and its lock given up, then it is said.
    End(oneshot::Sender<()>),
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
            let mut said = None;
            while let Ok(work) = receiver.recv() {
                match work {
                    Work::Do(work) => work(&mut workspace),
                    Work::End(sender) => {
                        said = Some(sender);
                        break;
                    }
                }
            }
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

    /// Does what was handed in, and closes the workspace.
    pub(super) async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.0.send(Work::End(sender)).is_ok() {
            // It ends either way.
            let _ = receiver.await;
        }
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

const NOTE: &str = "could not keep a note of the run, so nothing more is sent";

impl Journal for Disk {
    fn note_call<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        let (run, call) = (run.clone(), call.clone());
        self.ask(NOTE, move |workspace| workspace.note_call(&run, &call))
    }

    fn answered<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.note_call(run, call)
    }

    fn settle<'a>(&'a self, run: &'a RunId, settled: &'a [Settlement]) -> Kept<'a> {
        let (run, settled) = (run.clone(), settled.to_vec());
        self.ask(NOTE, move |workspace| workspace.settle(&run, &settled))
    }

    fn state<'a>(&'a self, run: &'a RunId, state: RunState, at_ms: i64) -> Kept<'a> {
        let run = run.clone();
        self.ask(NOTE, move |workspace| {
            workspace.set_run_state(&run, state, at_ms)
        })
    }
}
