//! Pictures in the background: few at a time, and the one asked for last comes first.

use std::sync::Mutex;

use super::{Runtime, lock};
use crate::{domain::Asset, endpoint::Asking, flow::Event, submit::Gate};

/// Pictures fetched at the same time.
const AT_ONCE: usize = 3;
/// Pictures that may wait; older wishes are passed by.
const WAITING: usize = 64;
/// The largest picture taken, in bytes.
const LARGEST: usize = 4 << 20;

/// What is waiting and how many are under way.
pub(super) struct Pictures {
    wishes: Mutex<Wishes>,
    /// Of the server that has the pictures.
    gate: Gate,
}

impl Pictures {
    /// None is waited for; at this gate.
    pub(super) fn new(gate: Gate) -> Self {
        Self {
            wishes: Mutex::default(),
            gate,
        }
    }
}

#[derive(Default)]
struct Wishes {
    waiting: Vec<(Asset, u32)>,
    under_way: usize,
}

impl Runtime {
    /// Fetches a picture when its turn comes.
    pub(super) fn picture(&self, asset: Asset, size: u32) {
        let passed_by = {
            let mut wishes = lock(&self.0.pictures.wishes);
            wishes.waiting.retain(|(known, _)| known.id != asset.id);
            wishes.waiting.push((asset, size));
            let full = wishes.waiting.len() > WAITING;
            let passed_by = full.then(|| wishes.waiting.remove(0));
            if wishes.under_way < AT_ONCE {
                wishes.under_way += 1;
                let runtime = self.clone();
                self.spawn(async move { runtime.fetch_pictures().await });
            }
            passed_by
        };
        if let Some((asset, _)) = passed_by {
            let picture = Err("passed by: too many pictures were asked for at once".to_owned());
            self.tell(Event::Picture {
                asset: asset.id,
                picture,
            });
        }
    }

    async fn fetch_pictures(&self) {
        while let Some((asset, size)) = self.next_picture() {
            let endpoint = &self.0.endpoint;
            // They count, where they come from the same place, and yet their own trouble is no
            // reason to keep anybody else waiting.
            let requests = endpoint.requests(Asking::Picture);
            if requests > 0 {
                self.0.gate.turn(requests).await;
            }
            let read = self
                .patiently_at(&self.0.pictures.gate, (1, true), || {
                    endpoint.picture(&asset, size)
                })
                .await;
            let picture = match read {
                Ok(Some(bytes)) if bytes.len() > LARGEST => {
                    Err("the picture is larger than 4 MB".to_owned())
                }
                Ok(picture) => Ok(picture),
                Err(error) => Err(error.to_string()),
            };
            self.tell(Event::Picture {
                asset: asset.id.clone(),
                picture,
            });
        }
    }

    /// The newest wish; with none left, one worker fewer is under way.
    fn next_picture(&self) -> Option<(Asset, u32)> {
        let mut wishes = lock(&self.0.pictures.wishes);
        let next = wishes.waiting.pop();
        if next.is_none() {
            wishes.under_way -= 1;
        }
        next
    }
}
