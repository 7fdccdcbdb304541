//! The one check of every story that writes: the run's outcomes against the library's own log.

use std::collections::HashMap;

use armarius::domain::{AssetId, Item, Outcome, Run};

use super::story::Story;

/// Insists that what the run tells is what happened: every change has one outcome; what is told
/// to be written was written, once; nothing else was; and what was not written is still staged.
#[track_caller]
pub(crate) fn agrees(story: &Story, run: &Run, what: &str) {
    let log = log_of(story);
    let mut told_written = 0;
    for (place, item) in run.items.iter().enumerate() {
        let settled = run.settled[place].as_ref();
        let settled = settled.unwrap_or_else(|| panic!("{what}: {} has no outcome", name(item)));
        let writes = log.get(&key(story, item)).map_or(&[][..], Vec::as_slice);
        let told = format!(
            "{what}: {} is told {settled:?}, the log has {writes:?}",
            name(item)
        );
        // A word of success that does not show is no refusal; what the server has is told.
        let is_unseen = settled.server.as_ref() == Some(&item.before);
        let is_known = settled.outcome != Outcome::Unknown || is_unseen;
        assert!(is_known, "{told}");
        if settled.outcome.is_written() {
            told_written += 1;
            assert!(!writes.is_empty(), "{told}");
        } else {
            assert!(writes.is_empty(), "{told}");
        }
        let mut fields: Vec<&str> = writes.iter().map(String::as_str).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), writes.len(), "twice: {told}");
    }
    let planned: Vec<_> = run.items.iter().map(|item| key(story, item)).collect();
    for written in log.keys() {
        assert!(
            planned.contains(written),
            "{what}: {written:?} is in nobody's plan"
        );
    }
    let tally = run.tally();
    let all: u32 = Outcome::ALL.iter().map(|one| tally.of(*one)).sum();
    assert_eq!(all as usize, run.items.len(), "{what}: {tally:?}");
    assert_eq!(log.len(), told_written, "{what}: {tally:?}");
    let staged = story.session.workbench.draft().changes();
    let left = run.items.len() - told_written;
    assert_eq!(
        usize::try_from(staged),
        Ok(left),
        "{what}: what is still staged"
    );
    has(story, run, what);
}

/// Insists that the library has every value that is told to be written.
#[track_caller]
fn has(story: &Story, run: &Run, what: &str) {
    let written = run.items.iter().zip(&run.settled).filter(|(_, settled)| {
        settled
            .as_ref()
            .is_some_and(|one| one.outcome == Outcome::Applied)
    });
    let mut ids: Vec<AssetId> = written
        .clone()
        .map(|(item, _)| item.asset.clone())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let now = story.truth(&ids);
    for (item, _) in written {
        let asset = now.iter().find(|asset| asset.id == item.asset);
        let asset = asset.unwrap_or_else(|| panic!("{what}: {} is not there", name(item)));
        let value = asset.value(&item.field);
        assert!(item.is_met_by(value), "{what}: {} is {value:?}", name(item));
    }
}

/// Insists that everything was written.
#[track_caller]
pub(crate) fn all_applied(story: &Story, run: &Run, what: &str) {
    agrees(story, run, what);
    let unwritten: Vec<_> = run
        .settled
        .iter()
        .flatten()
        .filter(|one| !one.outcome.is_written())
        .collect();
    assert!(
        unwritten.is_empty(),
        "{what}: {unwritten:?}\nwaits: {:?}",
        story.waits
    );
}

/// Asset and field; the parts of a certificate count as one.
type Key = (String, String);

/// What the protocol's face wrote since the changes were staged: which of the library's fields,
/// as often as it was written.
fn log_of(story: &Story) -> HashMap<Key, Vec<String>> {
    let mut log: HashMap<Key, Vec<String>> = HashMap::new();
    for entry in story.library.writes().into_iter().skip(story.earlier) {
        if entry.face == "house" {
            continue;
        }
        let field = if entry.field.to_lowercase().contains("certificate") {
            "certificate".to_owned()
        } else {
            entry.field.clone()
        };
        log.entry((entry.asset, field))
            .or_default()
            .push(entry.field);
    }
    log
}

fn key(story: &Story, item: &Item) -> Key {
    let asset = story.library.known_as(item.asset.as_str());
    let asset = asset.map_or_else(|| item.asset.to_string(), |asset| asset.id);
    (asset, item.field.to_string())
}

fn name(item: &Item) -> String {
    format!("{} of {}", item.field, item.name)
}
