//! A small truthful model of a server: a library, what was written to it and by whom, and a fate
//! for every request. What it is asked to do it does in its own time, whether anybody listens.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use armarius::{
    domain::{AssetId, FieldKey, Item, Outcome, Value},
    endpoint::{Answer, Call, CallKind, EndpointError, Said, Verdict},
};
use tokio::{sync::oneshot, time::sleep};

use super::{
    dice::Dice,
    fate::{self, Fate, How, ReadFate, Which},
    fuse::{Fuse, Moment},
    log::{Entry, Key, Log, Seen},
    scene::{Mix, Rules, Scene, key},
};

/// Safely before the client counts a request as over.
const MARGIN: Duration = Duration::from_millis(5);

#[derive(Clone)]
pub(super) struct Server {
    pub(super) log: Log,
    world: Arc<Mutex<World>>,
}

pub(super) struct World {
    dice: Dice,
    values: BTreeMap<Key, Value>,
    gone: BTreeSet<AssetId>,
    rules: Rules,
    mix: Mix,
    items: Vec<Item>,
    places: BTreeMap<Key, u32>,
    limit: Duration,
    requests: usize,
    signed_out: bool,
    log: Log,
}

/// What a read is answered.
pub(super) type Told = (Vec<(u32, Seen)>, usize);

impl Server {
    pub(super) fn new(scene: &Scene, log: &Log, dice: Dice) -> Self {
        let items = scene.run.items.clone();
        let places = (0u32..).zip(&items).map(|(place, item)| (key(item), place));
        let world = World {
            dice,
            values: scene.values.clone(),
            gone: BTreeSet::new(),
            rules: scene.rules.clone(),
            mix: scene.mix,
            places: places.collect(),
            items,
            limit: scene.settings.timeout.saturating_sub(MARGIN),
            requests: 0,
            signed_out: false,
            log: log.clone(),
        };
        Self {
            log: log.clone(),
            world: Arc::new(Mutex::new(world)),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(super) fn sign_in(&self) {
        let mut world = self.world();
        if std::mem::take(&mut world.signed_out) {
            self.log.put(Entry::SignedOut(false));
        }
    }

    pub(super) fn requests(&self) -> usize {
        self.world().requests
    }

    /// A read, from its arrival to its answer.
    pub(super) async fn read(
        &self,
        ids: &[AssetId],
        thumbnails: bool,
        fuse: &Fuse,
    ) -> Result<Told, EndpointError> {
        let (request, fate) = {
            let mut world = self.world();
            let places = world.places_of(ids, thumbnails);
            let request = world.arrived();
            self.log.put(Entry::Asked { request, places });
            let fate = world.read_fate();
            world.nemesis();
            (request, fate)
        };
        fuse.pass(Moment::Arrived).await;
        let Some((taken, told)) = fate.times else {
            return std::future::pending().await;
        };
        sleep(taken).await;
        if let Some(error) = fate.instead {
            let why = error.to_string();
            self.log.put(Entry::Untold { request, why });
            self.heard(&error);
            fuse.pass(Moment::Answering).await;
            return Err(error);
        }
        let (sampled, seen) = {
            let mut world = self.world();
            let seen = world.see(ids, thumbnails);
            let sampled = self.log.put(Entry::Sampled { request });
            world.nemesis();
            (sampled, seen)
        };
        sleep(told.saturating_sub(taken)).await;
        fuse.pass(Moment::Answering).await;
        self.log.put(Entry::Told {
            request,
            sampled,
            seen: seen.clone(),
        });
        Ok((seen, sampled))
    }

    /// A call, from its arrival to its answer.
    pub(super) async fn submit(
        &self,
        call: &Call,
        fuse: &Arc<Fuse>,
    ) -> Result<Answer, EndpointError> {
        let (sender, answer) = oneshot::channel();
        {
            let mut world = self.world();
            let places = world.places_in(call);
            let request = world.arrived();
            let fate = world.fate();
            self.log.put(Entry::Sent {
                request,
                thumbnails: call.kind == CallKind::Thumbnails,
                places: places.clone(),
                fate: format!("{} {:?}", fate.name, fate.at),
            });
            world.nemesis();
            let (server, fuse) = (self.clone(), Arc::clone(fuse));
            tokio::spawn(async move {
                server
                    .carry_out((request, places), fate, (sender, fuse))
                    .await;
            });
        }
        fuse.pass(Moment::Arrived).await;
        match answer.await {
            Ok(answer) => answer,
            Err(_) => std::future::pending().await,
        }
    }

    async fn carry_out(
        self,
        (request, places): (usize, Vec<u32>),
        fate: Fate,
        (sender, fuse): (oneshot::Sender<Result<Answer, EndpointError>>, Arc<Fuse>),
    ) {
        let mut said = None;
        let is_first = fate
            .told
            .is_none_or(|told| fate.at.is_some_and(|at| at <= told));
        let mut now = Duration::ZERO;
        if is_first && let Some(at) = fate.at {
            sleep(at).await;
            now = at;
            said = Some(self.world().write(request, &places, fate.how));
            fuse.reach(Moment::Written);
        }
        let Some(told) = fate.told else {
            // The line stays open, and nobody ever says anything.
            return sender.closed_for_good().await;
        };
        sleep(told.saturating_sub(now)).await;
        let answer = match (fate.instead, said) {
            (Some(error), _) => Err(error),
            (None, Some(said)) => said.map(|said| Answer {
                said,
                counts: None,
                trace: format!("trace-{request}"),
            }),
            (None, None) => Err(fate::lost()),
        };
        self.answer(request, answer, sender, &fuse);
        if !is_first && let Some(at) = fate.at {
            sleep(at.saturating_sub(told)).await;
            let _ = self.world().write(request, &places, fate.how);
            fuse.reach(Moment::Written);
        }
    }

    fn answer(
        &self,
        request: usize,
        answer: Result<Answer, EndpointError>,
        sender: oneshot::Sender<Result<Answer, EndpointError>>,
        fuse: &Fuse,
    ) {
        if fuse.reach(Moment::Answering) || sender.is_closed() {
            return;
        }
        let (how, settles) = match &answer {
            Ok(answer) => (words(&answer.said), true),
            Err(error) => (error.to_string(), error.verdict() != Verdict::ReadBack),
        };
        self.log.put(Entry::Answered {
            request,
            how,
            settles,
        });
        if let Err(error) = &answer {
            self.heard(error);
        }
        self.world().nemesis();
        let _ = sender.send(answer);
    }

    fn heard(&self, error: &EndpointError) {
        if let Some(asked) = error.retry_after() {
            self.log.put(Entry::Named(asked));
        }
        if matches!(error, EndpointError::SignIn { .. }) {
            let mut world = self.world();
            if !world.signed_out {
                world.signed_out = true;
                self.log.put(Entry::SignedOut(true));
            }
        }
    }
}

/// A line that is never answered.
trait Silent {
    async fn closed_for_good(self);
}

impl Silent for oneshot::Sender<Result<Answer, EndpointError>> {
    async fn closed_for_good(mut self) {
        self.closed().await;
    }
}

fn words(said: &[Said]) -> String {
    let words: Vec<&str> = said.iter().map(|one| one.outcome.word()).collect();
    words.join(" ")
}

impl World {
    fn arrived(&mut self) -> usize {
        self.requests += 1;
        if self.requests == self.mix.calm_after {
            self.log.put(Entry::Calm);
        }
        self.requests
    }

    fn is_calm(&self) -> bool {
        self.requests >= self.mix.calm_after
    }

    fn is_faulty(&mut self) -> bool {
        !self.is_calm() && self.dice.permille(self.mix.faults)
    }

    fn fate(&mut self) -> Fate {
        let faulty = self.is_faulty();
        let plain = Fate::plain(&mut self.dice);
        if self.signed_out {
            return Fate {
                name: "signed out",
                at: None,
                instead: Some(fate::signed_out()),
                ..plain
            };
        }
        if faulty {
            Fate::drawn(&mut self.dice, self.limit)
        } else {
            plain
        }
    }

    fn read_fate(&mut self) -> ReadFate {
        let faulty = self.is_faulty();
        let plain = ReadFate::plain(&mut self.dice);
        if self.signed_out {
            return ReadFate {
                instead: Some(fate::signed_out()),
                ..plain
            };
        }
        if faulty {
            ReadFate::drawn(&mut self.dice, self.limit)
        } else {
            plain
        }
    }

    fn places_of(&self, ids: &[AssetId], thumbnails: bool) -> Vec<u32> {
        let places = (0u32..).zip(&self.items).filter(|(_, item)| {
            ids.contains(&item.asset) && (item.field == FieldKey::thumbnail()) == thumbnails
        });
        places.map(|(place, _)| place).collect()
    }

    fn places_in(&self, call: &Call) -> Vec<u32> {
        let place = |item: &Item| {
            let place = self.places.get(&key(item)).copied();
            let place = place.unwrap_or_else(|| panic!("{item:?} is not in the run"));
            assert_eq!(item, &self.items[place as usize], "sent as it was frozen");
            place
        };
        call.items.iter().map(place).collect()
    }

    fn see(&mut self, ids: &[AssetId], thumbnails: bool) -> Vec<(u32, Seen)> {
        let places = self.places_of(ids, thumbnails);
        let seen = places.into_iter().map(|place| {
            let key = key(&self.items[place as usize]);
            let unreadable = thumbnails && !self.is_calm() && self.dice.permille(100);
            let seen = match self.gone.contains(&key.0) {
                true if thumbnails => Seen::Unreadable,
                true => Seen::Missing,
                false if unreadable => Seen::Unreadable,
                false => Seen::Value(self.values.get(&key).cloned().unwrap_or_default()),
            };
            (place, seen)
        });
        seen.collect()
    }

    /// Carries a call out; says what of it.
    fn write(
        &mut self,
        request: usize,
        places: &[u32],
        how: How,
    ) -> Result<Vec<Said>, EndpointError> {
        self.nemesis();
        let judged: Vec<_> = places.iter().map(|&place| self.judge(place)).collect();
        let odd = self.dice.below(places.len());
        self.whole(places, &judged, how)?;
        let limit = if how.half {
            places.len() / 2
        } else {
            places.len()
        };
        let mut said = Vec::new();
        for (at, (&place, judged)) in places.iter().zip(judged).enumerate() {
            let is_odd = at == odd;
            let pretends =
                how.pretends == Some(Which::All) || (how.pretends == Some(Which::One) && is_odd);
            let judged = match judged {
                Ok(()) if how.refuses && is_odd => Err(("30000", "try it another day")),
                judged => judged,
            };
            if judged.is_ok() && !pretends && at < limit {
                self.apply(request, place, how.otherwise);
            }
            if how.omits && is_odd {
                continue;
            }
            let (mut outcome, code, reason) = match judged {
                Ok(()) if how.denies && is_odd => (Outcome::Refused, "30000", "an exception"),
                Ok(()) if how.remarks && is_odd => (Outcome::Warned, "1", "a remark"),
                Ok(()) => (Outcome::Applied, "", ""),
                Err((code, reason)) => (Outcome::Refused, code, reason),
            };
            if how.vague {
                outcome = Outcome::Unknown;
            }
            said.push(Said {
                item: at,
                outcome,
                code: code.into(),
                reason: reason.into(),
                meaning: String::new(),
            });
        }
        Ok(said)
    }

    /// Whether the call as a whole is taken.
    fn whole(
        &self,
        places: &[u32],
        judged: &[Result<(), (&'static str, &'static str)>],
        how: How,
    ) -> Result<(), EndpointError> {
        let of = |place: &u32| &self.items[*place as usize].asset;
        if places
            .iter()
            .any(|place| self.rules.unsendable.contains(of(place)))
        {
            let why = "a character that can't be sent".into();
            return Err(EndpointError::NotSendable { why });
        }
        let refused = |code: &str, why: &str| {
            let (code, why) = (code.to_owned(), why.to_owned());
            Err(EndpointError::Refused { code, why })
        };
        if self
            .rules
            .longest
            .is_some_and(|longest| places.len() > longest)
        {
            return refused("413", "too large");
        }
        if !self.rules.all_or_nothing {
            return Ok(());
        }
        if how.refuses {
            return refused("400", "try it another day");
        }
        let bad = judged.iter().position(Result::is_err);
        let Some((bad, (code, why))) = bad.and_then(|bad| Some((bad, judged[bad].err()?))) else {
            return Ok(());
        };
        if self.rules.names {
            let culprit = of(&places[bad]);
            let items = (0..places.len()).filter(|&at| of(&places[at]) == culprit);
            Err(EndpointError::PoisonedBy {
                items: items.collect(),
                code: code.into(),
                why: why.into(),
            })
        } else if code == "20009" {
            let (code, why) = ("403".into(), why.into());
            Err(EndpointError::Forbidden { code, why })
        } else {
            refused("400", why)
        }
    }

    fn judge(&self, place: u32) -> Result<(), (&'static str, &'static str)> {
        let asset = &self.items[place as usize].asset;
        if self.gone.contains(asset) {
            Err(("30001", "there is no such asset"))
        } else if self.rules.forbidden.contains(asset) {
            Err(("20009", "no permission"))
        } else if self.rules.poisoned.contains(asset) {
            Err(("30001", "Tag value 'Banana' not found."))
        } else {
            Ok(())
        }
    }

    fn apply(&mut self, request: usize, place: u32, otherwise: bool) {
        let item = &self.items[place as usize];
        let key = key(item);
        let now = self.values.get(&key).cloned().unwrap_or_default();
        let value = match (&item.delta, &item.wanted) {
            (Some(delta), _) => {
                let goes = |tag: &&String| !otherwise && delta.remove.contains(tag);
                let kept = now.entries().iter().filter(|tag| !goes(tag));
                Value::list(kept.chain(&delta.add).cloned())
            }
            (None, Value::Text(text)) if otherwise => Value::text(format!("{text}~")),
            (None, Value::List(tags)) if otherwise => Value::list(&tags[..1]),
            (None, wanted) => wanted.clone(),
        };
        self.values.insert(key, value.clone());
        self.log.put(Entry::Wrote {
            request,
            place,
            value,
        });
    }

    /// Somebody else may be at work.
    pub(super) fn nemesis(&mut self) {
        if self.is_calm() {
            return;
        }
        if self.dice.permille(self.mix.removals) {
            let at = self.dice.below(self.items.len());
            let asset = self.items[at].asset.clone();
            if self.gone.insert(asset.clone()) {
                self.log.put(Entry::Removed(asset));
            }
        }
        if !self.dice.permille(self.mix.outside) {
            return;
        }
        let (key, value) = self.edit();
        if self.gone.contains(&key.0) || self.values.get(&key) == Some(&value) {
            return;
        }
        self.values.insert(key.clone(), value.clone());
        self.log.put(Entry::Outside(key, value));
    }

    fn edit(&mut self) -> (Key, Value) {
        let at = self.dice.below(self.items.len());
        if self.dice.permille(200) {
            // A field the run has nothing to do with, or perhaps has.
            let asset = self.items[at].asset.clone();
            let field = self.dice.of(&["Title", "Rights"]).into();
            return ((asset, field), Value::text("theirs"));
        }
        let number = self.requests;
        let item = &self.items[at];
        let theirs = match item.field.as_str() {
            "Keywords" => Value::list(["coat", "old", "theirs"]),
            "thumbnail" => Value::Asset {
                id: "theirs".into(),
                name: String::new(),
            },
            _ => Value::text(format!("theirs {number}")),
        };
        let known = match &item.before {
            Value::Unknown => Value::Absent,
            before => before.clone(),
        };
        let choices = [theirs.clone(), theirs, known, item.wanted.clone()];
        (key(item), self.dice.of(&choices))
    }
}
