//! Stories of taking a run back: every kind of value, and everything that can have happened since.

use super::*;

#[test]
fn every_kind_of_value_comes_back_and_a_revert_of_the_revert_brings_it_forth_again() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let old = plain(&server);
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let first = sent(&mut bench, 1, &mut server);
    let new = plain(&server);
    assert_ne!(new, old);
    assert!(bench.draft().is_empty());
    let back = reversal(&mut bench, &first, &server);
    assert_eq!(
        (back.changes, back.stays.as_slice()),
        (8 * 3, &[] as &[Stay])
    );
    revert(&mut bench, &back);
    let label = &bench.log().last().unwrap().label;
    assert_eq!(label, "revert of R-0001");
    let second = sent(&mut bench, 2, &mut server);
    assert_eq!(plain(&server), old);
    assert_eq!(second.reverts, [RunId::numbered(1)]);
    let forth = reversal(&mut bench, &second, &server);
    revert(&mut bench, &forth);
    sent(&mut bench, 3, &mut server);
    assert_eq!(plain(&server), new);
    let all = bench.summaries();
    let by = |number| crate::domain::run::reverted_by(&all, &RunId::numbered(number)).cloned();
    assert_eq!(
        (by(1), by(2)),
        (None, Some(RunId::numbered(3))),
        "R-0001 stands again"
    );
}

#[test]
fn a_revert_is_one_step_and_one_undo_takes_it_back() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    revert(&mut bench, &back);
    assert_eq!(bench.draft().changes(), 24);
    bench.apply(&Command::Undo, Stamp::default()).unwrap();
    assert!(bench.draft().is_empty());
}

#[test]
fn what_somebody_changed_since_stays_and_is_named_with_both_values_and_who() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let run = sent(&mut bench, 1, &mut server);
    write(&mut server[1], &"Rights".into(), &Value::text("Theirs"));
    write(&mut server[1], &"modified by".into(), &Value::text("mlee"));
    server.remove(2);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!(back.changes, 8 + 7);
    assert_eq!((back.stays.len(), back.conflicts()), (1 + 8, 9));
    let changed: Vec<&Stay> = back
        .stays
        .iter()
        .filter(|one| one.why == Why::Changed)
        .collect();
    let [one] = changed.as_slice() else {
        panic!("{changed:?}")
    };
    assert_eq!(
        (one.name.as_str(), one.field.as_str()),
        ("pier 1", "Rights")
    );
    assert_eq!(one.wrote, Value::text("Acme Retail"));
    assert_eq!(one.now, Some(Value::text("Theirs")));
    assert_eq!(one.touch.by, "mlee");
    let gone = back.stays.iter().filter(|one| one.why == Why::Gone);
    assert!(gone.clone().all(|one| one.name == "pier 2") && gone.count() == 8);
    let taken_back = back.asked.iter().filter(|one| one.field == "Rights".into());
    assert!(taken_back.clone().all(|one| !one.rows.contains(1)) && taken_back.count() == 1);
}

#[test]
fn only_the_tags_we_added_go_and_only_those_we_removed_come_back() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    let tags = &every_kind()[1..3];
    stage(&mut bench, tags, 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let theirs = Value::list(["blue", "new", "theirs"]);
    write(&mut server[0], &"Keywords".into(), &theirs);
    let back = reversal(&mut bench, &run, &server);
    revert(&mut bench, &back);
    let group = bench.draft().of(0, &"Keywords".into()).unwrap();
    // `blue` was there before the run added it, so it stays; so does somebody else's tag.
    assert!(
        crate::domain::run::same(&group.after, &Value::list(["blue", "theirs", "outer"])),
        "{:?}",
        group.after
    );
    let delta = group.delta.clone().unwrap();
    assert_eq!(
        (delta.add, delta.remove),
        (vec!["outer".to_owned()], vec!["new".to_owned()])
    );
}

#[test]
fn what_has_its_earlier_value_already_is_counted_and_not_staged() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &[asset(0)]);
    assert_eq!((back.changes, back.already, back.stays.len()), (0, 8, 0));
}

#[test]
fn a_thumbnail_nobody_had_read_before_cannot_come_back_and_says_so() {
    let mut server = vec![asset(0)];
    write(&mut server[0], &FieldKey::thumbnail(), &Value::Unknown);
    let mut bench = bench(&server);
    stage(&mut bench, &[("thumbnail", Edit::Set(picture("t2")))], 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!(back.stays[0].why, Why::NeverRead);
    // Where the run itself read it just before sending, it does come back.
    let mut checked = run.clone();
    checked.calls = vec![crate::domain::run::CallNote {
        number: 1,
        operation: String::new(),
        items: vec![0],
        noted_ms: 1,
        took_ms: Some(1),
        counts: None,
        trace: String::new(),
        found: vec![(0, picture("t1"))],
    }];
    let back = reversal(&mut bench, &checked, &server);
    assert_eq!(back.asked[0].edit, Edit::Set(picture("t1")));
    let mut unread = read(&server);
    unread.thumbnails.clear();
    assert_eq!(bench.reversal(&run, &unread).stays[0].why, Why::Unread);
}

#[test]
fn a_change_the_draft_holds_already_is_never_overwritten() {
    let mut server: Vec<Asset> = (0..2).map(asset).collect();
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Ours")))],
        0..2,
    );
    let run = sent(&mut bench, 1, &mut server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Later")))],
        0..1,
    );
    let back = reversal(&mut bench, &run, &server);
    assert_eq!((back.changes, back.stays.len()), (1, 1));
    assert_eq!(back.stays[0].why, Why::Staged(Value::text("Later")));
    revert(&mut bench, &back);
    let after = |row| {
        bench
            .draft()
            .of(row, &"Rights".into())
            .unwrap()
            .after
            .clone()
    };
    assert_eq!(
        (after(0), after(1)),
        (Value::text("Later"), Value::text("Acme"))
    );
    let again = reversal(&mut bench, &run, &server);
    assert_eq!((again.changes, again.staged, again.stays.len()), (0, 1, 1));
}

#[test]
fn a_value_the_field_no_longer_takes_is_left_out_with_the_rule() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Season", Edit::Set(Value::text("SS26")))],
        0..1,
    );
    let run = sent(&mut bench, 1, &mut server);
    let mut fields = fields();
    fields[5].allowed = vec!["SS26".into()];
    bench.absorb_connection(capabilities(), Schema { fields });
    let back = reversal(&mut bench, &run, &server);
    assert!(back.asked.is_empty());
    let Why::Refused(why) = &back.stays[0].why else {
        panic!("{:?}", back.stays)
    };
    assert!(why.contains("AW26"), "{why}");
    let locked = Schema {
        fields: vec![Field::locked("Season", FieldKind::Tag, "frozen")],
    };
    bench.absorb_connection(capabilities(), locked);
    let back = reversal(&mut bench, &run, &server);
    assert!(matches!(&back.stays[0].why, Why::Refused(why) if why.contains("frozen")));
}

#[test]
fn a_field_with_many_different_values_comes_back_row_by_row() {
    let mut server: Vec<Asset> = (0..200).map(asset).collect();
    for (number, asset) in server.iter_mut().enumerate() {
        write(
            asset,
            &"Rights".into(),
            &Value::text(format!("Owner {number}")),
        );
    }
    server[7].fields.retain(|(key, _)| *key != "Rights".into());
    let old = plain(&server);
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Ours")))],
        0..200,
    );
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!((back.changes, back.asked.len()), (200, 1));
    revert(&mut bench, &back);
    sent(&mut bench, 2, &mut server);
    assert_eq!(plain(&server), old, "the one that was empty is empty again");
}
