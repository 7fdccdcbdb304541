//! One run told in every format.

use super::*;
use crate::domain::{
    RunId,
    run::{CallNote, RunState, ServerCounts},
};

const SAID: ServerCounts = ServerCounts {
    success: 2,
    warning: 0,
    error: 1,
};

fn call() -> CallNote {
    CallNote {
        number: 1,
        operation: "batchSetAssetMetadata".into(),
        items: vec![0, 1, 2],
        noted_ms: 1_790_000_000_200,
        took_ms: Some(20),
        counts: Some(SAID),
        trace: String::new(),
        found: Vec::new(),
    }
}

const REFUSED: &str = "no write access to `Legal`\u{1b}[2J";

fn run() -> Run {
    let item = |(row, wanted): (u32, &str)| Item {
        row,
        asset: format!("a{row}").as_str().into(),
        name: format!("PNT|{row}"),
        kind: "Image".into(),
        field: "Rights".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::list(["x", "y"]),
        wanted: Value::text(wanted),
        delta: None,
        facts: Vec::new(),
    };
    let settled = |item, outcome, code: &str, reason: &str| {
        Some(Settlement {
            item,
            outcome,
            code: code.into(),
            reason: reason.into(),
            meaning: String::new(),
            server: Some(Value::text("=now")).filter(|_| outcome != Outcome::Unknown),
            call: 1,
        })
    };
    Run {
        id: RunId::numbered(3),
        label: "rights".into(),
        author: "akim".into(),
        profile: "gallery".into(),
        started_ms: 1_790_000_000_123,
        finished_ms: None,
        digest: "d1".into(),
        state: RunState::Stopped,
        items: [(0, "Acme"), (1, "Acme"), (2, "Studio"), (3, "Acme")]
            .map(item)
            .into(),
        settled: vec![
            settled(0, Outcome::Applied, "", ""),
            settled(1, Outcome::Applied, "", ""),
            settled(2, Outcome::Refused, "E7", REFUSED),
            None,
        ],
        calls: vec![call()],
        counts: SAID,
        counted: true,
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    }
}

#[test]
fn the_json_report_counts_all_six_outcomes_and_names_every_change() {
    let report = report_json(&run());
    assert_eq!(report["run"], "R-0003");
    assert_eq!(report["state"], "stopped");
    assert_eq!(
        report["counts"].to_string(),
        "{\"applied\":2,\"warned\":0,\"refused\":1,\"conflict\":0,\"skipped\":0,\"unknown\":0}"
    );
    assert_eq!(
        report["items"][2].to_string(),
        "{\"asset\":\"a2\",\"name\":\"PNT|2\",\"field\":\"Rights\",\"before\":[\"x\",\"y\"],\
         \"wanted\":\"Studio\",\"server\":\"=now\",\"outcome\":\"refused\",\"code\":\"E7\",\
         \"reason\":\"no write access to `Legal`\\u001b[2J\",\"meaning\":\"\",\"call\":1,\
         \"sent\":\"2026-09-21T14:13:20Z\",\"trace\":\"\",\"retry_safe\":\"no\",\"retry_why\":\"the \
         server has a third value, which would be lost\",\"next_step\":\"take what the server \
         has, or stage the change on the new value\",\"accepted\":null}"
    );
    assert_eq!(report["items"][3]["outcome"], serde_json::Value::Null);
    assert_eq!(report["started"], "2026-09-21T14:13:20Z");
}

#[test]
fn the_csv_report_has_a_line_a_change() {
    let mut out = Vec::new();
    report_csv(&Account::of(&run()), &mut out, Guard::Formulas).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines[1],
        "R-0003,a0,PNT|0,Image,Rights,x; y,Acme,'=now,applied,,,,1,2026-09-21T14:13:20Z,,\
         \"not needed, it is written\",nothing,"
    );
    assert_eq!(
        lines[4],
        "R-0003,a3,PNT|3,Image,Rights,x; y,Acme,,,,,,,,,,,"
    );
}

#[test]
fn the_markdown_report_shows_problems_in_full_and_folds_what_went_well() {
    let mut out = Vec::new();
    report_markdown(&Account::of(&run()), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.starts_with("# R-0003: rights\n\nSTOPPED. 4 changes.\n"),
        "{text}"
    );
    assert!(
        text.contains("- reconciled: the server counted 2 ok, 0 warnings, 1 error"),
        "{text}"
    );
    assert!(
        text.contains(
            "| PNT\\|2 | Rights | x; y | Studio | =now | E7; no write access to \\`Legal\\`␛\\[2J | no, the server has a third value"
        ),
        "{text}"
    );
    assert!(text.contains("## no outcome yet"), "{text}");
    assert!(text.contains("| Rights | x; y | Acme | 2 |"), "{text}");
}
