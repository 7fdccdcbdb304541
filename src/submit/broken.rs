//! After a server broke in the middle of a call: what was written all the same is settled before
//! anything is blamed or sent again.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Wish,
    call::Ended,
    compare::{self, NO_ANSWER},
    doubt::{LOST_AT_MOST, unread},
    lane::{Job, Stage},
    narrow,
    road::{NoReading, Purpose, Road},
};
use crate::endpoint::EndpointError;

/// The wait before an asset that stands alone is sent again the first time; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(150);

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
            let item = &self.as_sent(&job, place);
            let told = compare::silence(place, item, (call, &error.to_string()), reading);
            if told.code == NO_ANSWER {
                open.push(place);
            } else {
                settled.push(told);
            }
        }
        if !self.keep(settled, &job, ended).await || open.is_empty() {
            return None;
        }
        let rest = Job {
            places: open,
            ..job
        };
        let is_one_asset = narrow::assets(self.items(), &rest.places) == 1;
        if !is_one_asset || rest.lost >= LOST_AT_MOST {
            return Some(rest);
        }
        // One asset alone: the server may be broken for a moment, so it is not blamed at once.
        let wait = FIRST_WAIT * 2_u32.saturating_pow(rest.lost);
        ended.again.push(Job {
            stage: Stage::Fresh,
            number: None,
            lost: rest.lost + 1,
            not_before: Some(Instant::now() + wait),
            ..rest
        });
        None
    }
}
