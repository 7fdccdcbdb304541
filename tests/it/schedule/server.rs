//! A small truthful model of a server: a library, what was written to it and by whom, and a fate
//! for every request. What it is asked to do it does in its own time, whether anybody listens.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use armarius::{
    domain::AssetId,
    endpoint::{Answer, Call, CallKind, EndpointError, Said, Verdict},
};
use tokio::{sync::oneshot, time::sleep};

use super::{
    dice::Dice,
    fate::{self, Fate},
    fuse::{Fuse, Moment},
    log::{Entry, Log, Seen},
    scene::{Scene, key},
    world::World,
};

/// Safely before the client counts a request as over.
const MARGIN: Duration = Duration::from_millis(5);

#[derive(Clone)]
pub(super) struct Server {
    pub(super) log: Log,
    world: Arc<Mutex<World>>,
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
