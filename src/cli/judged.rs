//! Certificates and thumbnails asked for without a screen, judged by the rules of the dialogs.
//!
//! Where a dialog would ask, nobody is there to answer: those assets are refused, unless the command
//! line says yes to all of them.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::{edits, output::counted};
use crate::domain::{
    Command, Edit, FieldKey, Row, Stamp, Template, Workbench,
    judging::{CertificateWish, Certifying, Choice, Fate, Matching, unfit},
    workbench::Asked,
};

/// What is to be staged, and what becomes of the rest.
#[derive(Debug, Default)]
pub struct Judged {
    /// What is to be staged.
    pub asked: Vec<Asked>,
    /// What stays and why, in words.
    pub notes: Vec<String>,
    /// What was asked and can't be done, a line an asset.
    pub refused: Vec<String>,
}

/// Whose word counts.
#[derive(Clone, Debug)]
pub struct Judging<'a> {
    /// Whether other people's certificates are written over and every question is answered by yes.
    pub overrides: bool,
    /// The name of the profile's author, by which certificates of one's own are known, too.
    pub author: &'a str,
}

impl Judging<'_> {
    /// Judges what was asked of these assets.
    ///
    /// # Errors
    ///
    /// What makes no sense whatever becomes of the assets.
    pub fn judge(
        &self,
        asked: edits::Asked,
        rows: &RoaringBitmap,
        bench: &Workbench,
    ) -> Result<Judged, String> {
        let mut judged = Judged::default();
        let edits = asked.edits.into_iter().map(|one| Asked {
            field: one.field,
            edit: one.edit,
            rows: rows.clone(),
        });
        judged.asked.extend(edits);
        if asked.certificate.is_none() && asked.thumbnail.is_none() {
            return Ok(judged);
        }
        // Messages and rules name the values as the edits beside them leave them.
        let edited = with_edits(bench, &judged.asked);
        let bench = edited.as_ref().unwrap_or(bench);
        if let Some((status, message)) = asked.certificate {
            let wish = CertificateWish {
                status,
                message,
                keep: !self.overrides,
                only_none: false,
                me: me(self.author, bench),
            };
            self.certify(wish, (rows, bench), &mut judged)?;
        }
        if let Some(word) = asked.thumbnail {
            thumbnails(&word, (rows, bench), &mut judged)?;
        }
        Ok(judged)
    }

    fn certify(
        &self,
        wish: CertificateWish,
        (rows, bench): (&RoaringBitmap, &Workbench),
        judged: &mut Judged,
    ) -> Result<(), String> {
        let offers = bench.capabilities.as_ref();
        if let Some(why) = offers.and_then(|offers| offers.certificates.refusal()) {
            return Err(format!("no certificates here: {why}"));
        }
        if wish.problem().is_some() {
            return Err("a deprecated certificate needs a --message that says why".into());
        }
        let mut certifying = Certifying::new(wish, HashMap::new(), rows);
        certifying.finish(bench);
        if self.overrides {
            let asking = of(&certifying, |fate| *fate == Fate::Asks);
            for row in &asking {
                certifying.answer(row, true, bench);
            }
        }
        for (_, fate, rows) in certifying.found() {
            let many = counted(rows.len(), "asset");
            let mut refuse = |why: &str| {
                let names = rows.iter().map(|row| bench.listing.name(row));
                let lines = names.map(|name| format!("{name}  certificate: {why}"));
                judged.refused.extend(lines);
            };
            match fate {
                Fate::Change | Fate::Denied => {}
                Fate::Equal => judged.notes.push(format!("certificate: {many} equal")),
                Fate::Kept(why) => judged
                    .notes
                    .push(format!("certificate: {many} kept ({why})")),
                Fate::Asks => refuse(
                    "its certificate needs a yes of its own; --override-certificates says yes to all",
                ),
                Fate::Missing(field) => refuse(&format!("the message names {field}, it has none")),
                Fate::Refused(why) => refuse(why),
            }
        }
        judged.asked.extend(certifying.asked(bench));
        Ok(())
    }
}

/// Which assets have a fate like that.
fn of(certifying: &Certifying, like: impl Fn(&Fate) -> bool) -> RoaringBitmap {
    let alike = certifying.found().filter(|(_, fate, _)| like(fate));
    alike.fold(RoaringBitmap::new(), |all, (.., rows)| all | rows)
}

/// The names under which the person who asks is known.
fn me(author: &str, bench: &Workbench) -> [String; 2] {
    let user = bench
        .capabilities
        .as_ref()
        .map(|offers| offers.user.clone());
    [author.to_owned(), user.unwrap_or_default()]
}

/// The workbench with these edits staged, if there are any that can be.
fn with_edits(bench: &Workbench, asked: &[Asked]) -> Option<Workbench> {
    if asked.is_empty() {
        return None;
    }
    let mut edited = bench.picture();
    let command = Command::Stage {
        label: String::new(),
        asked: asked.to_vec(),
    };
    edited.apply(&command, Stamp::default()).ok()?;
    Some(edited)
}

fn thumbnails(
    word: &str,
    (rows, bench): (&RoaringBitmap, &Workbench),
    judged: &mut Judged,
) -> Result<(), String> {
    let offers = bench.capabilities.as_ref();
    if let Some(why) = offers.and_then(|offers| offers.thumbnails.refusal()) {
        return Err(format!("no thumbnails here: {why}"));
    }
    if word == "none" {
        judged.asked.push(Asked {
            field: FieldKey::thumbnail(),
            edit: Edit::Clear,
            rows: rows.clone(),
        });
        return Ok(());
    }
    let choice = if word.contains("${") {
        let rule = Template::parse(word, &bench.schema);
        Choice::Rule(rule.map_err(|error| format!("--thumbnail: {error}"))?)
    } else {
        let choice = named(word, bench)?;
        if let Some(why) = unfit(choice, bench) {
            return Err(format!("--thumbnail {word}: {why}"));
        }
        Choice::One(choice)
    };
    let mut matching = Matching::new(choice, HashMap::new(), rows);
    matching.finish(bench);
    let found = matching.found();
    for (rows, word) in [(&found.equal, "equal"), (&found.own, "are it themselves")] {
        if !rows.is_empty() {
            let many = counted(rows.len(), "asset");
            judged.notes.push(format!("thumbnail: {many} {word}"));
        }
    }
    let left = &found.missing | &found.to_pick | &found.refused;
    for (row, fate) in matching.of(&left, bench) {
        if let Some(why) = fate.problem(bench) {
            let name = bench.listing.name(row);
            judged.refused.push(format!("{name}  thumbnail: {why}"));
        }
    }
    judged.asked.extend(matching.asked(bench));
    Ok(())
}

fn named(name: &str, bench: &Workbench) -> Result<Row, String> {
    let listing = &bench.listing;
    if let Some(row) = listing.row(&name.into()) {
        return Ok(row);
    }
    let rows = listing.named(name);
    match (rows.len(), rows.min()) {
        (1, Some(row)) => Ok(row),
        (0, _) => Err(format!("no asset is called `{name}`")),
        (many, _) => Err(format!("{many} assets are called `{name}`; give its id")),
    }
}
