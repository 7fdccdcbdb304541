//! Judged in any pieces it is what each asset alone would get, and a later answer changes that
//! asset alone.

use std::collections::HashMap;

use super::*;
use crate::domain::{
    Asset, Certificate, CertificateStatus, Field, FieldKind, Row, Template, Value, edit::Edit,
};

const MANY: Row = 120;

/// Pictures and videos, some locked; of some names there is one front, of some two, of some none;
/// and every kind of certificate.
fn bench() -> Workbench {
    let mut bench = Workbench::new();
    bench.schema.fields = vec![
        Field::plain("Ticket", FieldKind::Text),
        Field::plain("certificate", FieldKind::Certificate),
    ];
    let certificate = |number: u32| {
        let status = match number % 5 {
            0 => CertificateStatus::Draft,
            1 => CertificateStatus::Verified,
            2 => CertificateStatus::Deprecated,
            _ => return Value::Absent,
        };
        let message = if number.is_multiple_of(2) {
            "see DQ-1"
        } else {
            ""
        };
        Value::Certificate(Certificate {
            status,
            message: message.into(),
        })
    };
    let asset = |number: u32| {
        let place = number % 40;
        let name = match number / 40 {
            0 => format!("T{place}_BACK"),
            1 => format!("T{}_FRONT", place % 30),
            _ => format!("T{place}_SPIN"),
        };
        let ticket = match number % 7 {
            0 => Value::Absent,
            few => Value::text(format!("DQ-{few}")),
        };
        let fields = vec![
            ("Ticket".into(), ticket),
            (FieldKey::certificate(), certificate(number)),
            (
                "certificateUpdatedBy".into(),
                Value::text(["akim", "rlopez", ""][number as usize % 3]),
            ),
        ];
        Asset {
            id: format!("a{number}").as_str().into(),
            name,
            kind: if number.is_multiple_of(11) {
                "Video"
            } else {
                "Image"
            }
            .into(),
            fields,
            locked: number.is_multiple_of(13).then(|| "reserved".into()),
        }
    };
    let assets: Vec<Asset> = (0..MANY).map(asset).collect();
    bench.absorb_page(0, &assets, u64::from(MANY));
    bench
}

fn all() -> RoaringBitmap {
    (0..MANY).collect()
}

fn template(text: &str, bench: &Workbench) -> Template {
    Template::parse(text, &bench.schema).unwrap()
}

fn wishes(bench: &Workbench) -> Vec<CertificateWish> {
    let mut wishes = Vec::new();
    for status in [None, Some(CertificateStatus::Verified)] {
        for message in ["see DQ-1", "see ${ticket}"] {
            for (keep, only_none) in [(true, false), (false, false), (false, true)] {
                wishes.push(CertificateWish {
                    status,
                    message: template(message, bench),
                    keep,
                    only_none,
                    me: ["akim".into(), String::new()],
                });
            }
        }
    }
    wishes
}

type Told = Vec<(Row, Option<CertificateStatus>, Fate)>;

/// What becomes of each asset, and what would be staged.
fn told(judged: &Certifying, bench: &Workbench) -> (Told, Option<Asked>) {
    let mut told = Vec::new();
    for (now, fate, rows) in judged.found() {
        told.extend(rows.iter().map(|row| (row, now, fate.clone())));
    }
    told.sort_by_key(|(row, ..)| *row);
    (told, judged.asked(bench))
}

#[test]
fn a_certificate_judged_in_any_pieces_is_what_each_asset_alone_would_get() {
    let bench = bench();
    let answers = HashMap::from([(1, true), (6, false), (12, true)]);
    for wish in wishes(&bench) {
        let fresh = Certifying::new(wish, answers.clone(), &all());
        let (mut together, mut single, mut halves) = (fresh.clone(), fresh.clone(), fresh);
        assert!(together.step(&bench));
        for row in 0..MANY {
            single.judge(&[row].into(), &bench);
        }
        halves.judge(&(30..90).collect(), &bench);
        assert_eq!(halves.rest().len(), u64::from(MANY) - 60);
        halves.finish(&bench.picture());
        let (each, asked) = told(&together, &bench);
        assert_eq!(each.len(), MANY as usize, "each is judged once");
        let each_asked = (each.clone(), asked);
        assert_eq!(each_asked, told(&single, &bench));
        assert_eq!(each_asked, told(&halves, &bench));
        for (row, _, fate) in each {
            assert_eq!(fate, together.of(row, &bench));
        }
    }
}

#[test]
fn an_answer_changes_that_asset_alone_and_only_if_it_is_judged() {
    let bench = bench();
    for wish in wishes(&bench) {
        let mut later = Certifying::new(wish.clone(), HashMap::new(), &all());
        later.judge(&(0..100).collect(), &bench);
        let mut answers = HashMap::new();
        for row in [2, 7, 12, 112] {
            later.answer(row, row != 7, &bench);
            answers.insert(row, row != 7);
        }
        assert_eq!(later.rest().len(), 20, "112 is judged with the rest");
        later.finish(&bench);
        let mut at_once = Certifying::new(wish, answers, &all());
        at_once.finish(&bench);
        assert_eq!(told(&later, &bench), told(&at_once, &bench));
    }
}

#[test]
fn thumbnails_judged_in_any_pieces_are_what_each_asset_alone_would_get() {
    let bench = bench();
    let rule = template("${name|strip:_BACK}_FRONT", &bench);
    let picks = HashMap::from([(3, 50), (119, 41)]);
    for choice in [Choice::Rule(rule), Choice::One(44), Choice::Open] {
        let fresh = Matching::new(choice.clone(), picks.clone(), &all());
        let (mut together, mut single) = (fresh.clone(), fresh);
        together.finish(&bench.picture());
        for row in (0..MANY).rev() {
            single.judge(&[row].into(), &bench);
        }
        assert_eq!(together.found(), single.found());
        assert_eq!(together.asked(&bench), single.asked(&bench));
        let mut later = Matching::new(choice, HashMap::new(), &all());
        later.finish(&bench);
        for (row, choice) in &picks {
            later.pick(*row, *choice, &bench);
        }
        assert_eq!(later.found(), together.found());
        assert_eq!(later.asked(&bench), together.asked(&bench));
        for (row, found) in together.of(&all(), &bench) {
            let ready = together.found().ready.contains(row);
            assert_eq!(matches!(found, Match::Ready(_)), ready, "{row}");
        }
    }
}

#[test]
fn a_rule_finds_one_front_picks_among_two_and_misses_the_others() {
    let bench = bench();
    let rule = template("${name|strip:_BACK}_FRONT", &bench);
    let matching = Matching::new(Choice::Rule(rule), HashMap::new(), &all());
    let found: HashMap<Row, Match> = matching.of(&all(), &bench).into_iter().collect();
    assert_eq!(found[&12], Match::Ready(52), "one is called T12_FRONT");
    assert_eq!(found[&1], Match::Several(vec![41, 71]), "two T1_FRONT");
    assert_eq!(found[&31], Match::Missing("T31_FRONT".into()));
    assert_eq!(found[&52], Match::Itself);
    assert_eq!(found[&0], Match::Refused("not editable: reserved".into()));
}

#[test]
fn edits_of_several_fields_are_judged_step_by_step_to_the_same_end() {
    let bench = bench();
    let edits = [
        ("Ticket", Edit::Append(" (old)".into())),
        ("certificate", Edit::Clear),
    ];
    let fields: Vec<Previewing> = edits
        .into_iter()
        .map(|(field, edit)| Previewing::new(&field.into(), vec![(edit, all())]))
        .collect();
    let judging = Judging {
        number: 1,
        bench: Box::new(bench.picture()),
        work: Work::Edits(fields.clone()),
        stages: true,
    };
    let judgement = judging.finish();
    assert!(judgement.is_complete && judgement.problem.is_none());
    let mut plainly = Vec::new();
    for mut field in fields {
        field.finish(&bench).unwrap();
        plainly.extend(field.asked());
    }
    let preview = bench.preview(&plainly).unwrap();
    assert_eq!(preview.refused, 0, "what is refused is not asked for");
    assert_eq!(judgement.asked, Some(plainly));
}
