//! What the app keeps: operations, marks, and settings of the view.

use roaring::RoaringBitmap;

use super::{Runtime, lock};
use crate::{
    domain::{Failure, Operation, failure::FailureKind},
    flow::Event,
    store::{StoreError, Workspace},
};

impl Runtime {
    /// Appends an operation to the log.
    pub(super) fn persist(&self, operation: Operation) {
        const WHAT: &str = "could not keep the draft";
        let events = self.0.events.clone();
        let taken = self.0.disk.tell(move |workspace| {
            let kept = workspace.append_operation(&operation);
            let event = match kept {
                Ok(()) => Event::Persisted(operation.id),
                Err(error) => Event::PersistFailed(error.failure(WHAT)),
            };
            // Nobody listens any more when the program ends.
            let _ = events.send(event);
        });
        if !taken {
            self.tell(Event::PersistFailed(Failure {
                what: WHAT.into(),
                why: "the workspace is closed".into(),
                hint: "start the program again".into(),
                kind: FailureKind::Local,
            }));
        }
    }

    pub(super) fn save_marks(&self, marks: RoaringBitmap) {
        // While the disk is busy, only the last ones wait: keys may be faster than it.
        let waiting = lock(&self.0.marks).replace(marks);
        if waiting.is_some() {
            return;
        }
        let runtime = self.clone();
        self.keep("could not keep the marks", move |workspace| {
            let marks = lock(&runtime.0.marks).take();
            marks.map_or(Ok(()), |marks| workspace.save_marks(&marks))
        });
    }

    pub(super) fn save_setting(&self, key: String, value: String) {
        self.keep("could not keep the view", move |workspace| {
            workspace.set_setting(&key, &value)
        });
    }

    /// Keeps something in order; in a workspace somebody else holds, it lasts until the end.
    fn keep(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Workspace) -> Result<(), StoreError> + Send + 'static,
    ) {
        if self.0.read_only.is_some() {
            return;
        }
        let events = self.0.events.clone();
        self.0.disk.tell(move |workspace| {
            if let Err(error) = work(workspace) {
                // Nobody listens any more when the program ends.
                let _ = events.send(Event::Failed(error.failure(what)));
            }
        });
    }
}
