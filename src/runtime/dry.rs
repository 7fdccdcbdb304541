//! Dry runs: every asset of a plan read again, and rights asked about where that is offered.

use super::Runtime;
use crate::{
    domain::{
        Failure, FieldKey, Item,
        plan::{DryRun, Fate, Planning},
    },
    endpoint::{Asking, Rights},
    flow::Event,
    submit::dry,
};

const WHAT: &str = "could not finish the dry run";
/// Changes asked about at a time.
const CHUNK: usize = 100;

impl Runtime {
    /// Makes a plan, on a thread that may take its time.
    pub(super) fn plan(&self, planning: Planning) {
        let runtime = self.clone();
        drop(self.0.handle.spawn_blocking(move || {
            let planned = planning.planned();
            runtime.tell(Event::Planned(Box::new(planned)));
        }));
    }

    /// Finds out in the background.
    pub(super) fn dry_run(&self, items: Vec<Item>, digest: String) {
        let runtime = self.clone();
        self.spawn(async move {
            match runtime.tried(&items, digest).await {
                Ok(found) => runtime.tell(Event::DryRun(Box::new(found))),
                Err(failure) => runtime.fail(failure),
            }
        });
    }

    async fn tried(&self, items: &[Item], digest: String) -> Result<DryRun, Failure> {
        self.connected()
            .await
            .map_err(|error| error.failure(WHAT))?;
        let mut fates = self.compared(items).await?;
        let mut rights_unasked = None;
        for (items, fates) in items.chunks(CHUNK).zip(fates.chunks_mut(CHUNK)) {
            let endpoint = &self.0.endpoint;
            let asking = (Asking::Rights(items.len()), false);
            let rights = self.patiently(asking, || endpoint.rights(items)).await;
            match rights.map_err(|error| error.failure(WHAT))? {
                Rights::NotOffered(why) => {
                    rights_unasked = Some(why);
                    break;
                }
                Rights::Told(refusals) => forbid(fates, refusals),
            }
        }
        Ok(DryRun {
            digest,
            fates,
            rights_unasked,
        })
    }

    async fn compared(&self, items: &[Item]) -> Result<Vec<Fate>, Failure> {
        let is_thumbnail = |place: &u32| items[*place as usize].field == FieldKey::thumbnail();
        let (thumbnails, metadata): (Vec<u32>, Vec<u32>) =
            (0..).take(items.len()).partition(is_thumbnail);
        let mut fates = vec![Fate::Sent; items.len()];
        let parts = metadata.chunks(CHUNK).map(|chunk| (false, chunk));
        for (thumbnails, chunk) in parts.chain(thumbnails.chunks(CHUNK).map(|c| (true, c))) {
            let asking = if thumbnails {
                Asking::Thumbnails(chunk.len())
            } else {
                Asking::Fetch(chunk.len())
            };
            let endpoint = self.0.endpoint.as_ref();
            let read = self
                .patiently((asking, false), || dry::fates(endpoint, items, chunk))
                .await;
            let read = read.map_err(|error| error.failure(WHAT))?;
            for (&place, fate) in chunk.iter().zip(read) {
                fates[place as usize] = fate;
            }
        }
        Ok(fates)
    }
}

/// What would be sent and is not allowed.
fn forbid(fates: &mut [Fate], refusals: Vec<Option<String>>) {
    for (fate, why) in fates.iter_mut().zip(refusals) {
        if let (Fate::Sent | Fate::Unread(_), Some(why)) = (&*fate, why) {
            *fate = Fate::NotAllowed(why);
        }
    }
}
