//! The log, sorted: what was sent, read, written and settled, each with its place in the log.

use std::{collections::BTreeMap, time::Duration};

use armarius::domain::{Outcome, Value, run::Settlement};

use super::{
    log::{Entry, Kept, Line, Seen},
    play::Story,
    scene::key,
};

/// A call at the server.
pub(super) struct Sent {
    pub(super) line: usize,
    pub(super) life: usize,
    pub(super) at: Duration,
    pub(super) thumbnails: bool,
    pub(super) places: Vec<u32>,
    /// When it was settled by its answer.
    pub(super) settled: Option<Duration>,
}

/// A read of one change's field.
pub(super) struct Read {
    pub(super) line: usize,
    /// When the value was taken.
    pub(super) sampled: usize,
    pub(super) life: usize,
    pub(super) seen: Seen,
}

/// Something that happened to one change's field.
pub(super) struct Touch {
    pub(super) line: usize,
    pub(super) value: Value,
    /// The request of ours, or somebody else.
    pub(super) request: Option<usize>,
}

pub(super) struct Facts<'a> {
    pub(super) story: &'a Story,
    pub(super) lines: &'a [Line],
    /// By request.
    pub(super) sent: BTreeMap<usize, Sent>,
    /// By change.
    pub(super) reads: Vec<Vec<Read>>,
    /// By change, in order.
    pub(super) touches: Vec<Vec<Touch>>,
    /// Durable settlements: their place in the log, and whether the engine was told.
    pub(super) settled: Vec<(usize, bool, Settlement)>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(story: &'a Story) -> Self {
        let changes = story.run.items.len();
        let mut facts = Self {
            story,
            lines: &story.lines,
            sent: BTreeMap::new(),
            reads: (0..changes).map(|_| Vec::new()).collect(),
            touches: (0..changes).map(|_| Vec::new()).collect(),
            settled: Vec::new(),
        };
        for (place, line) in story.lines.iter().enumerate() {
            facts.take(place, line);
        }
        facts
    }

    fn take(&mut self, line: usize, Line { at, life, entry }: &Line) {
        match entry {
            Entry::Sent {
                request,
                thumbnails,
                places,
                ..
            } => {
                let sent = Sent {
                    line,
                    life: *life,
                    at: *at,
                    thumbnails: *thumbnails,
                    places: places.clone(),
                    settled: None,
                };
                self.sent.insert(*request, sent);
            }
            Entry::Answered {
                request, settles, ..
            } => {
                let sent = self.sent.get_mut(request).unwrap();
                sent.settled = settles.then_some(*at);
            }
            Entry::Told { sampled, seen, .. } => {
                for (place, seen) in seen {
                    self.reads[*place as usize].push(Read {
                        line,
                        sampled: *sampled,
                        life: *life,
                        seen: seen.clone(),
                    });
                }
            }
            Entry::Wrote {
                request,
                place,
                value,
            } => self.touches[*place as usize].push(Touch {
                line,
                value: value.clone(),
                request: Some(*request),
            }),
            Entry::Outside(touched, value) => {
                let items = self.story.run.items.iter();
                if let Some(place) = items.map(key).position(|key| key == *touched) {
                    self.touches[place].push(Touch {
                        line,
                        value: value.clone(),
                        request: None,
                    });
                }
            }
            Entry::Durable {
                kept: Kept::Settled(settled),
                said,
            } => {
                let settled = settled.iter().map(|one| (line, *said, one.clone()));
                self.settled.extend(settled);
            }
            _ => {}
        }
    }

    /// When a call can no longer be carried out.
    pub(super) fn over(&self, sent: &Sent) -> Duration {
        let limit = sent.at + self.story.scene.settings.timeout;
        let seen = || {
            let there = sent.places.iter().map(|place| {
                let written = self.settled.iter().find(|(line, _, one)| {
                    one.item == *place && *line > sent.line && one.outcome == Outcome::Applied
                });
                written.map(|(line, ..)| self.lines[*line].at)
            });
            // Read back: all of it is there.
            there.collect::<Option<Vec<_>>>()?.into_iter().max()
        };
        sent.settled.or_else(seen).map_or(limit, |at| at.min(limit))
    }

    /// The calls a change was in, in order.
    pub(super) fn sent_with(&self, place: u32) -> impl Iterator<Item = &Sent> {
        let holds = move |sent: &&Sent| sent.places.contains(&place);
        self.sent.values().filter(holds)
    }

    /// The value at the beginning.
    pub(super) fn first(&self, place: u32) -> Value {
        let key = key(&self.story.run.items[place as usize]);
        let first = self.story.scene.values.get(&key);
        first.cloned().unwrap_or_default()
    }

    /// The values a field had from a place in the log on, the one it had then included.
    pub(super) fn values_since(&self, place: u32, line: usize) -> Vec<Value> {
        let mut values = vec![self.first(place)];
        for touch in &self.touches[place as usize] {
            if touch.line <= line {
                values.clear();
            }
            values.push(touch.value.clone());
        }
        values
    }

    /// Our last write of a field, unless somebody else wrote it after that.
    pub(super) fn still_ours(&self, place: u32) -> Option<&Touch> {
        let last = self.touches[place as usize].last();
        last.filter(|touch| touch.request.is_some())
    }
}
