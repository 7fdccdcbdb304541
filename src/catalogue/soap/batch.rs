//! The answer of a batch: three counts, and what went wrong with which item.

use crate::catalogue::writes::{Applied, Refused};

use super::call::Call;
use super::fault::{EXCEPTION, Fault, INVALID_PARAMETER};
use super::switches::WarnedCount;
use super::xml::Xml;

/// Names one item of a batch the way its fault array does: element and text.
pub(super) type Key = Vec<(&'static str, String)>;

/// The outcomes of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    successes: usize,
    warnings: Vec<(Key, i32, String)>,
    errors: Vec<(Key, i32, String)>,
}

impl Outcomes {
    /// An item that was done.
    pub(super) fn done(&mut self) {
        self.successes += 1;
    }

    /// An item that was done with a remark.
    pub(super) fn warned(&mut self, key: Key, reason: String) {
        self.warnings.push((key, INVALID_PARAMETER, reason));
    }

    /// An item that was refused.
    pub(super) fn refused(&mut self, key: Key, fault: Fault) {
        match fault {
            Fault::Coded { code, reason } => self.errors.push((key, code, reason)),
            Fault::Plain { reason } => self.errors.push((key, EXCEPTION, reason)),
        }
    }

    /// An item the library answered for.
    pub(super) fn settle(&mut self, key: Key, outcome: Result<Applied, Refused>) {
        match outcome {
            Ok(Applied { warning: None, .. }) => self.done(),
            Ok(Applied {
                warning: Some(reason),
                ..
            }) => self.warned(key, reason),
            Err(refused) => self.refused(key, refused.into()),
        }
    }

    /// Writes the five children.
    pub(super) fn write(&self, call: &Call<'_>, xml: &mut Xml) {
        let warned = match call.switches.warned_count {
            WarnedCount::Apart => 0,
            WarnedCount::AlsoSuccess => self.warnings.len(),
        };
        let phantom = usize::from(call.permit.count_mismatch);
        xml.leaf(
            "successCount",
            &(self.successes + warned + phantom).to_string(),
        );
        xml.leaf("warningCount", &self.warnings.len().to_string());
        xml.leaf("errorCount", &self.errors.len().to_string());
        write_details(xml, "warningDetailArray", &self.warnings);
        write_details(xml, "errorDetailArray", &self.errors);
    }
}

fn write_details(xml: &mut Xml, name: &str, details: &[(Key, i32, String)]) {
    if details.is_empty() {
        return;
    }
    xml.open(name);
    for (key, code, reason) in details {
        xml.open("items");
        for (element, text) in key {
            xml.leaf(element, text);
        }
        xml.leaf("code", &code.to_string());
        xml.leaf("reason", reason);
        xml.close("items");
    }
    xml.close(name);
}
