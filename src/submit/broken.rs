//! After a server broke in the middle of a call: what was written all the same is settled before
//! anything is blamed or sent again.

use tokio::time::Instant;

use super::{
    Wish,
    call::{Ended, unread},
    compare::{self, NO_ANSWER},
    lane::{Job, Stage},
    road::{NoReading, Purpose, Road},
};
use crate::endpoint::EndpointError;

impl Road {
    /// Settles what a server that broke while it was at it has written all the same; gives the job
    /// back with the rest of it, if there is one to go on with.
    pub(super) async fn without_written(
        &self,
        job: Job,
        (call, error): (u32, &EndpointError),
        ended: &mut Ended,
    ) -> Option<Job> {
        if !error.leaves_doubt() {
            return Some(job);
        }
        let readings = match self.read(&job.places, Purpose::End).await {
            Ok(readings) => readings,
            Err(NoReading::Halt(_) | NoReading::NotNow) if self.wish() == Wish::Stop => {
                unread(&job, "")
            }
            Err(NoReading::Refused(error)) => unread(&job, &error.to_string()),
            Err(unread @ (NoReading::Halt(_) | NoReading::NotNow)) => {
                let stage = Stage::Doubt {
                    call,
                    why: error.to_string(),
                    until: Instant::now(),
                };
                let job = Job { stage, ..job };
                match unread {
                    NoReading::Halt(why) => ended.hold(job, why),
                    NoReading::NotNow | NoReading::Refused(_) => ended.again.push(job),
                }
                return None;
            }
        };
        let (mut settled, mut open) = (Vec::new(), Vec::new());
        for (&place, reading) in job.places.iter().zip(&readings) {
            let told =
                compare::silence(place, self.item(place), (call, &error.to_string()), reading);
            if told.code == NO_ANSWER {
                open.push(place);
            } else {
                settled.push(told);
            }
        }
        let kept = self.keep(settled, &job, ended).await;
        let places = open;
        (kept && !places.is_empty()).then_some(Job { places, ..job })
    }
}
