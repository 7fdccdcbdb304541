//! A refused call: taken apart until the culprits stand alone, and settled with what the server has.

use super::{
    behind::Answered,
    call::{Ended, RefusedWhole},
    compare,
    lane::{Job, Stage},
    narrow,
    road::{Hold, Road, lock},
};
use crate::{
    domain::Outcome,
    endpoint::{EndpointError, Said},
};

impl Road {
    /// Takes a refused batch apart.
    pub(super) async fn narrow(
        &self,
        job: Job,
        (call, error): (u32, EndpointError),
        ended: &mut Ended,
    ) {
        if matches!(error, EndpointError::Garbled { .. }) {
            let again = job.part(job.places.clone());
            return ended.hold(again, Hold::of(&error, None));
        }
        let rest = self.without_written(job, (call, &error), ended).await;
        let Some(job) = rest else { return };
        let assets = self.assets(&job);
        if error.is_too_large() && assets > 1 {
            self.cap().too_large(assets);
            return ended.again.push(job.part(job.places.clone()));
        }
        if let EndpointError::PoisonedBy { items, .. } = &error {
            return self.without_named(job, (call, &error, items), ended).await;
        }
        if let EndpointError::Suspects { items, .. } = &error
            && assets > 1
        {
            let (named, rest) = split(&job, items);
            if !rest.is_empty() {
                // The names may mean something else, so they are tried by themselves.
                let parts = [rest, named].map(|places| job.part(places));
                return ended.again.extend(parts);
            }
        }
        self.in_halves(job, (call, &error), ended).await;
    }

    /// The culprits the server named are settled; the rest goes again without them.
    async fn without_named(
        &self,
        job: Job,
        (call, error, items): (u32, &EndpointError, &[usize]),
        ended: &mut Ended,
    ) {
        let (culprits, rest) = split(&job, items);
        let blamed = job.part(culprits);
        let is_hopeless = {
            let mut family = lock(&job.family);
            for _ in 0..self.assets(&blamed) {
                family.culprit(error.code());
            }
            family.is_hopeless() && !rest.is_empty() && self.is_untried()
        };
        // A refused call has written nothing, so what was read before it is good for a while.
        let stage = match &job.stage {
            Stage::Clear { .. } => job.stage.clone(),
            Stage::Fresh | Stage::Doubt { .. } | Stage::Answered(_) => self.clear(),
        };
        let again = Job {
            stage,
            ..job.part(rest)
        };
        self.refuse(blamed, (call, error, error.hint()), ended)
            .await;
        if again.places.is_empty() {
            return;
        }
        if is_hopeless {
            // The server names them one after the other: others first, then it goes on.
            self.set_aside(again, (error, None), ended);
        } else {
            ended.again.push(again);
        }
    }

    /// Nobody was named: halves, until the culprits stand alone.
    async fn in_halves(&self, job: Job, (call, error): (u32, &EndpointError), ended: &mut Ended) {
        let assets = self.assets(&job);
        let is_alone = assets == 1;
        let is_whole = is_alone && matches!(error, EndpointError::Forbidden { .. });
        let halves = narrow::halves(self.items(), &job.places).filter(|_| !is_whole);
        let (is_news, is_hopeless) = {
            let mut family = lock(&job.family);
            if is_alone && halves.is_none() {
                family.culprit(error.code());
            }
            (family.is_news(), family.is_hopeless())
        };
        if is_news {
            ended.refused = Some(RefusedWhole {
                code: error.code().to_owned(),
                why: error.to_string(),
                assets,
            });
        }
        match halves {
            None => self.refuse(job, (call, error, error.hint()), ended).await,
            Some(_) if is_hopeless => {
                let why = format!(
                    "changes that were tried one by one were all refused alike ({error}); the rest \
                     of their batch is not sent and still staged"
                );
                self.set_aside(job.part(job.places.clone()), (error, Some(why)), ended);
            }
            Some((left, right)) => {
                let parts = [job.part(left), job.part(right)];
                if is_news && self.is_untried() {
                    // Other batches first: if nothing at all is taken, one need not be taken apart.
                    ended.later.extend(parts);
                } else {
                    ended.again.extend(parts);
                }
            }
        }
    }

    /// Leaves the rest of a batch until the others had their turn.
    fn set_aside(
        &self,
        job: Job,
        (error, why): (&EndpointError, Option<String>),
        ended: &mut Ended,
    ) {
        if lock(&job.family).is_news() {
            ended.refused = Some(RefusedWhole {
                code: error.code().to_owned(),
                why: error.to_string(),
                assets: self.assets(&job),
            });
        }
        ended.aside.push((job, why));
    }

    /// Settles all changes of a job as refused. What was sent is read back, so that it is known
    /// what the server has.
    pub(super) async fn refuse(
        &self,
        job: Job,
        (call, error, meaning): (u32, &EndpointError, &str),
        ended: &mut Ended,
    ) {
        let reason = error.to_string();
        if call != 0 && self.settings().read_back {
            let said = (0..job.places.len()).map(|item| Said {
                item,
                outcome: Outcome::Refused,
                code: error.code().to_owned(),
                reason: reason.clone(),
                meaning: meaning.to_owned(),
            });
            let answers = Answered::now(&job.places, call, said.collect());
            return self.verify(job, answers, ended).await;
        }
        let settled = job
            .places
            .iter()
            .map(|&place| compare::refused(place, call, (error.code(), &reason), meaning));
        self.keep(settled.collect(), &job, ended).await;
    }
}

/// The changes at these places of a job, and the others.
fn split(job: &Job, items: &[usize]) -> (Vec<u32>, Vec<u32>) {
    let places = job.places.iter().copied().enumerate();
    let (named, rest): (Vec<_>, Vec<_>) = places.partition(|(at, _)| items.contains(at));
    let only = |places: Vec<(usize, u32)>| places.into_iter().map(|(_, place)| place).collect();
    (only(named), only(rest))
}
