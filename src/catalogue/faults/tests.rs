//! What a specification makes of calls.

use super::*;

fn bulk(asset: &str) -> Call {
    Call::write(Face::Rest, "entity/bulk", vec![asset.to_owned()])
}

#[test]
fn a_rule_strikes_on_the_calls_it_selects_and_no_others() {
    let faults = Faults::parse("drop=every:3:rest,html-502=nth:2:soap").expect("spec");
    let read = Call::read(Face::Rest, "indexsearch");
    let struck: Vec<bool> = (0..6)
        .map(|_| faults.decide(&read).instead.is_some())
        .collect();
    assert_eq!(struck, [false, false, true, false, false, true]);
    let soap = Call::read(Face::Soap, "searchAssets");
    assert!(faults.decide(&soap).instead.is_none());
    assert!(matches!(
        faults.decide(&soap).instead,
        Some(Answer::Html502)
    ));
}

#[test]
fn a_lost_reply_for_one_asset_happens_once_and_only_when_it_is_written() {
    let faults = Faults::parse("write-then-drop=first:1:asset:JKT_1").expect("spec");
    assert_eq!(faults.decide(&bulk("other")).permit.fate, None);
    assert_eq!(faults.decide(&bulk("JKT_1")).permit.fate, Some(Fate::Drop));
    assert_eq!(faults.decide(&bulk("JKT_1")).permit.fate, None);
}

#[test]
fn a_slow_throttling_server_waits_and_names_the_pause() {
    let faults = Faults::parse("slow=200ms,throttle=every:1:retry-after=2").expect("spec");
    let decision = faults.decide(&bulk("x"));
    assert_eq!(decision.delay, Some(Duration::from_millis(200)));
    let response = decision.instead.expect("throttled").response();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "2");
}

#[test]
fn a_wrong_specification_is_refused_with_the_nearest_right_word() {
    let error = Faults::parse("slow=200ms,trottle=every:2").expect_err("typo");
    assert!(error.to_string().contains("throttle"), "{error}");
    assert!(Faults::parse("slow").is_err());
    assert!(Faults::parse("drop=every:0").is_err());
    assert!(Faults::parse("").is_ok());
}

#[test]
fn a_wrong_name_with_an_argument_is_still_a_wrong_name() {
    let error = Faults::parse("slwo=1s").expect_err("typo").to_string();
    assert!(
        error.contains("`slwo` is no fault") && error.contains("`slow`"),
        "{error}"
    );
}

#[test]
fn every_name_is_in_the_help_and_every_rule_of_the_help_is_understood() {
    for name in help::NAMES {
        assert!(SPEC_HELP.contains(name), "{name} is not in the help");
    }
    let lines = SPEC_HELP.lines();
    for line in lines.filter(|line| line.starts_with("  ")) {
        let words = line.split_whitespace();
        let rules = words.take_while(|word| {
            let name = word.split(['=', ',']).next().unwrap_or_default();
            help::NAMES.contains(&name)
        });
        let spec: Vec<&str> = rules.collect();
        let read = Faults::parse(&spec.concat());
        assert!(read.is_ok(), "{line}: {read:?}");
    }
}

#[test]
fn a_share_by_chance_strikes_about_so_often_and_the_same_calls_each_time() {
    let struck = |spec: &str| -> Vec<bool> {
        let faults = Faults::parse(spec).expect("spec");
        let strikes = |_| faults.decide(&bulk("x")).instead.is_some();
        (0..1_000).map(strikes).collect()
    };
    let first = struck("empty-500=p:0.2");
    let many = first.iter().filter(|struck| **struck).count();
    assert!((150..250).contains(&many), "{many} of 1000");
    assert_eq!(first, struck("empty-500=p:0.2"));
    assert_ne!(first, struck("empty-500=p:0.2:seed:7"));
    for wrong in ["p:1.5", "p:x", "p:", "p:0.1234567"] {
        assert!(Faults::parse(&format!("drop={wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn a_session_that_ends_stays_ended_in_the_words_of_each_face() {
    let faults = Faults::parse("signed-out=after:1").expect("spec");
    let soap = Call::read(Face::Soap, "searchAssets");
    assert!(faults.decide(&soap).instead.is_none());
    for (call, status) in [(soap, 500), (bulk("x"), 401)] {
        let answer = faults.decide(&call).instead.expect("signed out");
        assert_eq!(answer.response().status(), status);
    }
}

#[test]
fn more_requests_a_minute_than_allowed_shut_everybody_out_for_a_while() {
    let faults = Faults::parse("rpm=3:block=10").expect("spec");
    for at in [0, 1, 2] {
        assert_eq!(faults.blocked(at), None);
    }
    assert_eq!(faults.blocked(3), Some(10));
    assert_eq!(faults.blocked(5_003), Some(5));
    assert_eq!(faults.blocked(10_004), None);
    let slowly = Faults::parse("rpm=3").expect("spec");
    assert!((0..50).all(|at| slowly.blocked(at * 20_000).is_none()));
}

#[test]
fn a_batch_that_is_too_large_counts_assets_and_not_names() {
    let faults = Faults::parse("max-batch=2").expect("spec");
    let names = |count: usize| vec!["x".to_owned(); count];
    let refused = |call: &Call| faults.decide(call).instead == Some(Answer::TooLarge);
    assert!(!refused(&Call::write(Face::Rest, "entity/bulk", names(4))));
    assert!(refused(&Call::write(Face::Rest, "entity/bulk", names(6))));
    assert!(!refused(&Call::write(
        Face::Soap,
        "batchSetAssetMetadata",
        names(2)
    )));
    assert!(refused(&Call::write(
        Face::Soap,
        "batchSetAssetMetadata",
        names(3)
    )));
}
