//! What is wished for many assets at once, judged piece by piece: edits, certificates, thumbnails.
//!
//! A [`Judging`] is plain data with a picture of the workbench. Who judges does it step by step,
//! tells what is known so far, and stops when nobody waits any more; when and where is no matter of
//! these rules.

mod certificates;
#[cfg(test)]
mod tests;
mod thumbnails;

use roaring::RoaringBitmap;

pub use certificates::{CertificateWish, Certifying, Fate, certificate_of, status};
pub use thumbnails::{Choice, Match, Matches, Matching, unfit};

use super::{
    EditError, FieldKey, Workbench,
    workbench::{Asked, Previewing},
};

/// An edit that makes no sense as it stands: of which field, and why.
pub type Problem = (FieldKey, EditError);

/// So many different values of an edit are judged in one step.
const VALUES: u64 = 12_000;

/// What is judged.
#[derive(Clone, Debug)]
pub enum Work {
    /// Edits, field by field.
    Edits(Vec<Previewing>),
    /// A certificate.
    Certificate(Certifying),
    /// Thumbnails.
    Thumbnails(Matching),
}

/// Something that is judged elsewhere.
#[derive(Clone, Debug)]
pub struct Judging {
    /// Tells it from others; the highest is the newest.
    pub number: u64,
    /// The workbench as it was when somebody asked, as [`Workbench::picture`] gives it.
    pub bench: Box<Workbench>,
    /// What is judged, and how far it is.
    pub work: Work,
    /// Whether it shall be staged.
    pub stages: bool,
}

/// What was judged, or what is known of it so far.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Of what.
    pub number: u64,
    /// How far it is.
    pub work: Work,
    /// An edit that can't be judged.
    pub problem: Option<Problem>,
    /// Whether that is all.
    pub is_complete: bool,
    /// What is to be staged, once all is judged and if somebody asked for it.
    pub asked: Option<Vec<Asked>>,
}

impl Work {
    /// Judges some of what is left. Says whether all is judged.
    ///
    /// # Errors
    ///
    /// If an edit makes no sense for its field.
    pub fn step(&mut self, bench: &Workbench) -> Result<bool, Problem> {
        match self {
            Self::Certificate(certifying) => Ok(certifying.step(bench)),
            Self::Thumbnails(matching) => Ok(matching.step(bench)),
            Self::Edits(fields) => {
                // The field that is behind the others comes next.
                let behind = fields.iter_mut().max_by_key(|field| field.rest().len());
                if let Some(field) = behind.filter(|field| !field.rest().is_empty()) {
                    let judged = field.step(VALUES, bench);
                    judged.map_err(|error| (field.field().clone(), error))?;
                }
                Ok(fields.iter().all(|field| field.rest().is_empty()))
            }
        }
    }

    /// What would be staged of what was judged so far.
    pub fn asked(&self, bench: &Workbench) -> Vec<Asked> {
        match self {
            Self::Certificate(certifying) => certifying.asked(bench).into_iter().collect(),
            Self::Thumbnails(matching) => matching.asked(bench).into_iter().collect(),
            Self::Edits(fields) => fields.iter().flat_map(Previewing::asked).collect(),
        }
    }
}

impl Judging {
    /// Judges some of what is left; everything once all is judged.
    pub fn step(&mut self) -> Option<Judgement> {
        let problem = match self.work.step(&self.bench) {
            Ok(false) => return None,
            Ok(true) => None,
            Err(problem) => Some(problem),
        };
        let stages = self.stages && problem.is_none();
        Some(Judgement {
            asked: stages.then(|| self.work.asked(&self.bench)),
            problem,
            is_complete: true,
            ..self.so_far()
        })
    }

    /// What is known so far.
    pub fn so_far(&self) -> Judgement {
        Judgement {
            number: self.number,
            work: self.work.clone(),
            problem: None,
            is_complete: false,
            asked: None,
        }
    }

    /// Judges everything.
    pub fn finish(mut self) -> Judgement {
        loop {
            if let Some(judgement) = self.step() {
                return judgement;
            }
        }
    }
}

// By their numbers: comparing a million assets would tell nothing more.
impl PartialEq for Judging {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl PartialEq for Judgement {
    fn eq(&self, other: &Self) -> bool {
        (self.number, self.is_complete) == (other.number, other.is_complete)
    }
}

/// So many of the assets that are left, the first ones.
fn piece(rest: &RoaringBitmap, many: u32) -> RoaringBitmap {
    let mut rows = rest.clone();
    if let Some(end) = rest.select(many) {
        rows.remove_range(end..);
    }
    rows
}
