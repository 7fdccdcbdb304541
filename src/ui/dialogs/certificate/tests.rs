//! Journeys through the certificate dialog, in keys and screens.

use std::{collections::HashMap, sync::Arc};

use roaring::RoaringBitmap;

use super::effect::Effects;
use crate::{
    domain::{
        Asset, Certificate, CertificateStatus, Field, FieldKey, FieldKind, Offer, Row, Schema,
        Template, Value,
        judging::{CertificateWish, Certifying},
    },
    ui::session::{Session, World, asset},
};

fn table(number: usize) -> Asset {
    let ticket = format!("DQ-{}", 118 + number);
    let mut table = asset(
        &format!("orders_{number:02}"),
        "Table",
        &[("Audit.Ticket", &ticket)],
    );
    let status = match number {
        0..14 => None,
        14..19 => Some((CertificateStatus::Draft, "wip")),
        19..23 => Some((CertificateStatus::Verified, "checked")),
        _ => Some((CertificateStatus::Deprecated, "use orders_daily")),
    };
    if let Some((status, message)) = status {
        let certificate = Certificate {
            status,
            message: message.into(),
        };
        table
            .fields
            .push((FieldKey::certificate(), Value::Certificate(certificate)));
        table
            .fields
            .push(("certificateUpdatedBy".into(), Value::text("rlopez")));
    }
    table
}

/// 24 tables: 14 without a certificate, 5 drafts, 4 verified by rlopez, 1 deprecated.
fn world() -> World {
    let fields = vec![
        Field::plain("Audit.Ticket", FieldKind::Text),
        Field::plain("certificate", FieldKind::Certificate),
    ];
    World::new(Schema { fields }, (0..24).map(table).collect())
}

const MESSAGE: &str = "Reviewed in Q3 audit, see ${ticket}";

fn verified(session: &mut Session) {
    session
        .press("s a C v <Tab>")
        .type_text(MESSAGE)
        .press("<Tab>");
}

fn changes(session: &Session) -> u64 {
    session.app.workbench().draft().changes()
}

#[test]
fn twenty_four_tables_are_certified_with_one_no() {
    let mut session = Session::new(world(), 120, 36);
    verified(&mut session);
    let screen = session.screen();
    let words: Vec<&str> = screen.split_whitespace().collect();
    let told_all = words.join(" ");
    for told in [
        "- none 14 -> V verified 14",
        "D draft 5 -> V verified 5",
        "V verified 4 -> kept (rule) 4",
        "X deprecated 1 -> asks you 1",
        "Will stage 19 certificate changes. Kept 4. 1 needs a yes or no before staging.",
        "template: 0 without a value",
    ] {
        assert!(told_all.contains(told), "{told}\n{screen}");
    }
    session.press("<Ctrl+s>");
    assert!(
        session.said().contains("1 asset needs your yes or no"),
        "{}",
        session.said()
    );
    assert_eq!(changes(&session), 0);
    session.press("n <Ctrl+s>");
    assert!(
        session.said().starts_with("Staged 19 changes on 19 assets"),
        "{}",
        session.said()
    );
    let bench = session.app.workbench();
    let group = bench.draft().of(0, &FieldKey::certificate()).unwrap();
    assert_eq!(
        group.after.display(),
        "verified \"Reviewed in Q3 audit, see DQ-118\""
    );
}

#[test]
fn a_yes_takes_the_deprecated_one_in() {
    let mut session = Session::new(world(), 80, 24);
    verified(&mut session);
    session.press("y <Ctrl+s>");
    assert!(
        session.said().starts_with("Staged 20 changes"),
        "{}",
        session.said()
    );
}

#[test]
fn deprecated_needs_a_message() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a C x <Ctrl+s>");
    assert!(
        session.said().contains("Deprecated needs a message"),
        "{}",
        session.said()
    );
    assert_eq!(changes(&session), 0);
}

#[test]
fn a_missing_value_of_the_template_is_counted_and_left_out() {
    let mut world = world();
    world.assets[2]
        .fields
        .retain(|(key, _)| key.as_str() != "Audit.Ticket");
    let mut session = Session::new(world, 120, 36);
    verified(&mut session);
    let screen = session.screen();
    assert!(screen.contains("template: 1 without a value"), "{screen}");
    assert!(
        screen.contains("Will stage 18 certificate changes. Kept 4. Missing a value 1."),
        "{screen}"
    );
    assert!(screen.contains("it has no ticket: not staged"), "{screen}");
}

#[test]
fn with_the_rule_off_each_certificate_of_other_people_asks() {
    let mut session = Session::new(world(), 120, 36);
    verified(&mut session);
    session.press("<Space>");
    assert!(
        session
            .screen()
            .contains("5 need a yes or no before staging"),
        "{}",
        session.screen()
    );
}

#[test]
fn certificates_can_be_taken_away() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a C - <Ctrl+s>");
    let screen = session.screen();
    assert!(
        screen.contains("6 assets lose their certificates"),
        "{screen}"
    );
    session.press("<Esc>");
    assert!(session.app.workbench().draft().is_empty(), "Esc is a no");
    session.press("<Ctrl+s> <Enter>");
    assert!(
        session.said().starts_with("Staged 6 changes on 6 assets"),
        "{}",
        session.said()
    );
}

#[test]
fn nothing_is_chosen_at_first_and_nothing_can_be_staged() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a C <Ctrl+s>");
    assert_eq!(session.said(), "Nothing was staged: choose a status.");
    session
        .press("<Esc> C j <Tab>")
        .type_text("checked")
        .press("<Esc> C");
    let screen = session.screen();
    assert!(
        screen.contains("(o) V  Verified") && screen.contains("checked"),
        "{screen}"
    );
}

#[test]
fn where_certificates_are_not_offered_the_key_says_why() {
    let mut world = world();
    let why = "the profile names no certificate field";
    world.capabilities.certificates = Offer::No(why.into());
    let mut session = Session::new(world, 80, 24);
    session.press("C");
    assert_eq!(session.said(), format!("No certificates here: {why}."));
}

#[test]
fn it_works_in_the_smallest_terminal() {
    let mut session = Session::new(world(), 60, 16);
    verified(&mut session);
    assert!(
        session.screen().contains("[x] keep V of other people"),
        "{}",
        session.screen()
    );
    session.press("<Tab> <Tab>");
    let screen = session.screen();
    assert!(
        screen.contains("-> asks you 1") && screen.contains("orders_23"),
        "{screen}"
    );
    session.press("n <Ctrl+s>");
    assert!(
        session.said().starts_with("Staged 19 changes"),
        "{}",
        session.said()
    );
}

#[test]
fn what_is_worked_out_once_for_assets_that_are_alike_is_what_each_would_get() {
    let mut world = world();
    for number in [3, 15, 20] {
        world.assets[number].locked = Some("reserved".into());
    }
    world.assets[21]
        .fields
        .retain(|(key, _)| key.as_str() != "certificateUpdatedBy");
    world.assets[22].kind = "View".into();
    let mut session = Session::new(world, 120, 36);
    // Some have a staged certificate, one of them another one.
    session
        .press("<Space> j <Space> G <Space> C d <Tab>")
        .type_text("mine")
        .press("n <Ctrl+s>");
    session
        .press("g g <Space> C x <Tab>")
        .type_text("gone")
        .press("<Ctrl+s>");
    let bench = session.app.workbench();
    let order: Arc<[Row]> = (0..24).rev().collect();
    let all: RoaringBitmap = order.iter().copied().collect();
    let answers = HashMap::from([(23, true), (19, false)]);
    let statuses = [
        None,
        Some(CertificateStatus::Verified),
        Some(CertificateStatus::Draft),
    ];
    for (status, text) in statuses
        .into_iter()
        .flat_map(|one| [(one, "mine"), (one, "${ticket}")])
    {
        let message = Template::parse(text, &bench.schema).unwrap();
        for (keep, only_none) in [(true, false), (false, false), (false, true)] {
            let wish = CertificateWish {
                status,
                message: message.clone(),
                keep,
                only_none,
                me: ["akim".into(), "jruiz".into()],
            };
            let fresh = Certifying::new(wish, answers.clone(), &all);
            let (mut together, mut single) = (fresh.clone(), fresh);
            together.finish(bench);
            for row in order.iter() {
                single.judge(&[*row].into(), bench);
            }
            let together = Effects::of(together, &order);
            let single = Effects::of(single, &order);
            assert_eq!(together.rows, single.rows);
            assert_eq!(together.sentence(u16::MAX), single.sentence(u16::MAX));
            assert_eq!(together.judged.asked(bench), single.judged.asked(bench));
            assert_eq!(together.table(), single.table());
            for (_, fate, rows) in together.judged.found() {
                for row in rows {
                    assert_eq!(*fate, together.judged.of(row, bench), "{row}");
                }
            }
        }
    }
}

#[test]
fn the_question_takes_the_keys_it_names_wherever_it_was_asked_from() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a C v <Tab>").type_text("Q2");
    session.press("<Ctrl+s>");
    let said = session.said();
    assert!(said.contains("need") && said.contains("(y / n)"), "{said}");
    session.press("y");
    assert!(session.said().contains(": yes"), "{}", session.said());
    let screen = session.screen();
    assert!(screen.contains("Q2") && !screen.contains("Q2y"), "{screen}");
}

#[test]
fn going_up_where_nothing_is_chosen_takes_nothing_away() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a C <Up>");
    let screen = session.screen();
    assert!(screen.contains("(o) V"), "{screen}");
}
