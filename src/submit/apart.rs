//! A refused call: taken apart until the culprits stand alone, and settled with what the server has.

use super::{
    behind::Answered,
    call::Ended,
    compare,
    lane::Job,
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
        let named = if let EndpointError::PoisonedBy { items, .. } = &error {
            items.as_slice()
        } else {
            &[]
        };
        let (culprits, rest): (Vec<_>, Vec<_>) =
            (0..job.places.len()).partition(|place| named.contains(place));
        let at = |places: &[usize]| places.iter().map(|&p| job.places[p]).collect::<Vec<_>>();
        let hopeless = {
            let mut family = lock(&job.family);
            let is_one_asset = assets == 1;
            if !culprits.is_empty() || is_one_asset {
                family.culprit(error.code());
            }
            family.is_hopeless()
        };
        let is_whole = matches!(error, EndpointError::Forbidden { .. }) && assets == 1;
        if hopeless {
            let meaning = "the changes tried one by one were all refused so; the rest of the \
                           batch was not tried alone";
            return self.refuse(job, (call, &error, meaning), ended).await;
        }
        if !culprits.is_empty() {
            let (culprits, rest) = (at(&culprits), at(&rest));
            let blamed = job.part(culprits);
            self.refuse(blamed, (call, &error, error.hint()), ended)
                .await;
            if !rest.is_empty() {
                ended.again.push(job.part(rest));
            }
            return;
        }
        match narrow::halves(self.items(), &job.places).filter(|_| !is_whole) {
            Some((left, right)) => ended.again.extend([job.part(left), job.part(right)]),
            None => self.refuse(job, (call, &error, error.hint()), ended).await,
        }
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
