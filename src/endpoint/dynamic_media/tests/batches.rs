//! Batch answers: which change each entry settles, and when the counts leave a change open.

use crate::{
    domain::{Outcome, Value, run::ServerCounts},
    endpoint::{Answer, Said, dynamic_media as dm},
};

use super::{XSD, enveloped, item, known_fields, opened, tags};
use dm::{batch, said, update};

fn read(counts: [u32; 3], warnings: &str, errors: &str) -> batch::BatchAnswer {
    let [success, warning, error] = counts;
    let array = |name: &str, entries: &str| {
        if entries.is_empty() {
            String::new()
        } else {
            format!("<{name}>{entries}</{name}>")
        }
    };
    let body = enveloped(&format!(
        "<batchSetAssetMetadataReturn xmlns=\"{XSD}\"><successCount>{success}</successCount>\
         <warningCount>{warning}</warningCount><errorCount>{error}</errorCount>{}{}\
         </batchSetAssetMetadataReturn>",
        array("warningDetailArray", warnings),
        array("errorDetailArray", errors)
    ));
    opened("batchSetAssetMetadata", &body, batch::read)
}

fn entry(asset: &str, field: &str, code: u32, reason: &str) -> String {
    let field = if field.is_empty() {
        String::new()
    } else {
        format!("<fieldHandle>{field}</fieldHandle>")
    };
    format!(
        "<items><assetHandle>{asset}</assetHandle>{field}<code>{code}</code>\
         <reason>{reason}</reason></items>"
    )
}

/// What is said of these changes when the server answers so.
fn answered(items: &[crate::domain::Item], counted: &batch::BatchAnswer) -> Answer {
    let pairs = update::pairs(items, &known_fields()).unwrap();
    let names: Vec<(&str, &str)> = pairs
        .iter()
        .map(|pair| (pair.asset.as_str(), pair.update.handle.as_str()))
        .collect();
    let (fates, agrees) = batch::settle(&names, counted);
    let fates = pairs
        .iter()
        .zip(fates)
        .map(|(pair, fate)| (pair.item, pair.part, fate))
        .collect();
    said::answer(fates, counted, agrees)
}

fn outcomes(answer: &Answer) -> Vec<Outcome> {
    answer.said.iter().map(|said| said.outcome).collect()
}

use Outcome::{Applied, Refused, Unknown, Warned};

#[test]
fn every_pair_of_a_partly_failed_batch_gets_its_own_outcome() {
    let text = Value::text("(c) 2025");
    let items = [
        item("a|27007", "Copyright", text.clone()),
        item("a|27007", "Priority", Value::text("high")),
        item("a|27009", "Copyright", text),
        item("a|27009", "Priority", Value::text("high")),
        item("a|27007", "Region", Value::list(["North", "South"])),
        item("a|99999", "Region", Value::list(["North", "South"])),
        tags("a|27007", "Season", &["Summer"], &["Autumn"]),
    ];
    let invalid = "Invalid value 'high' for Int metadata field 'Priority'.";
    let priority = "m|301|IMAGE|Priority";
    let region = "m|301|ASSET|Region";
    let errors = [
        entry("a|27007", priority, 30001, invalid),
        entry("a|27009", priority, 30001, invalid),
        entry(
            "a|99999",
            region,
            30001,
            "Asset handle 'a|99999' is invalid.",
        ),
    ];
    let warning = entry("a|27007", region, 30001, "only 'South' was stored.");
    let answer = answered(&items, &read([3, 1, 3], &warning, &errors.concat()));
    assert_eq!(
        outcomes(&answer),
        [Applied, Refused, Applied, Refused, Warned, Refused, Applied]
    );
    let Said {
        code,
        reason,
        meaning,
        ..
    } = &answer.said[1];
    assert_eq!((code.as_str(), reason.as_str()), ("30001", invalid));
    assert!(!meaning.is_empty());
    let counts = ServerCounts {
        success: 3,
        warning: 1,
        error: 3,
    };
    assert_eq!(answer.counts, Some(counts));
}

fn two() -> [crate::domain::Item; 2] {
    [
        item("a|1", "Copyright", Value::text("x")),
        item("a|1", "Region", Value::text("North")),
    ]
}

#[test]
fn errors_without_details_leave_everything_open() {
    let answer = answered(&two(), &read([1, 0, 1], "", ""));
    assert_eq!(outcomes(&answer), [Unknown, Unknown]);
    assert_eq!(answer.said[0].code, "counts");
    assert!(answer.said[0].meaning.contains("read back"));
    assert!(answer.said[0].reason.contains("did not name this one"));
    let counts = ServerCounts {
        success: 1,
        warning: 0,
        error: 1,
    };
    assert_eq!(answer.counts, Some(counts));
}

#[test]
fn counts_that_do_not_add_up_leave_open_what_was_not_named() {
    let error = entry("a|1", "m|301|ASSET|Region", 20009, "No permission.");
    for counts in [[2, 0, 1], [0, 0, 1], [1, 0, 2], [1, 1, 1]] {
        let answer = answered(&two(), &read(counts, "", &error));
        assert_eq!(outcomes(&answer), [Unknown, Refused], "{counts:?}");
        assert!(answer.said[1].meaning.contains("no permission"));
    }
    let answer = answered(&two(), &read([1, 0, 1], "", &error));
    assert_eq!(outcomes(&answer), [Applied, Refused]);
}

#[test]
fn an_entry_about_something_that_was_not_sent_makes_the_counts_doubtful() {
    let error = entry("a|77", "m|301|ASSET|Region", 30001, "?");
    let answer = answered(&two(), &read([1, 0, 1], "", &error));
    assert_eq!(outcomes(&answer), [Unknown, Unknown]);
}

#[test]
fn a_warned_pair_may_count_as_a_success_too() {
    let warning = entry("a|1", "m|301|ASSET|Region", 30001, "cut");
    for counts in [[1, 1, 0], [2, 1, 0]] {
        let answer = answered(&two(), &read(counts, &warning, ""));
        assert_eq!(outcomes(&answer), [Applied, Warned], "{counts:?}");
    }
}

#[test]
fn an_entry_without_a_field_stands_for_the_whole_asset_if_the_counts_allow() {
    let items = [
        item("a|1", "Copyright", Value::text("x")),
        item("a|1", "Region", Value::text("North")),
        item("a|2", "Region", Value::text("North")),
    ];
    let error = entry("a|1", "", 20009, "No permission.");
    let answer = answered(&items, &read([1, 0, 2], "", &error));
    assert_eq!(outcomes(&answer), [Refused, Refused, Applied]);
    // Nor may the counts agree with either reading: the words stay what they are.
    for (counts, rest) in [([2, 0, 1], Applied), ([0, 0, 3], Unknown)] {
        let answer = answered(&items, &read(counts, "", &error));
        assert_eq!(outcomes(&answer), [Unknown, Unknown, rest], "{counts:?}");
        let Said {
            code,
            reason,
            meaning,
            ..
        } = &answer.said[0];
        assert_eq!(
            (code.as_str(), reason.as_str()),
            ("20009", "No permission.")
        );
        assert!(
            meaning.starts_with("field not named (one of 2)"),
            "{meaning}"
        );
    }
}

/// Every shape of a detail the service publishes, beside counts that agree or not: the code and
/// the text reach the change as they were sent.
#[test]
fn the_servers_code_and_text_survive_every_published_shape() {
    let region = "m|301|ASSET|Region";
    let items = [
        item("a|1", "Region", Value::text("North")),
        item("a|2", "Region", Value::text("North")),
    ];
    for (array, outcome) in [("warning", Warned), ("error", Refused)] {
        for field in [region, "", "m|301|IMAGE|Other"] {
            for text in ["Not <b>this</b>.", ""] {
                for counts in [[1, 0, 1], [1, 1, 0], [2, 1, 0], [0, 0, 0], [9, 9, 9]] {
                    let words = entry("a|1", field, 20009, &text.replace('<', "&lt;"));
                    let (warnings, errors) = match array {
                        "warning" => (words.as_str(), ""),
                        _ => ("", words.as_str()),
                    };
                    let answer = answered(&items, &read(counts, warnings, errors));
                    let one = &answer.said[0];
                    let told = (one.outcome, one.code.as_str(), one.reason.as_str());
                    assert_eq!(told, (outcome, "20009", text), "{array} {field} {counts:?}");
                    assert!(!one.meaning.is_empty());
                }
            }
        }
    }
}

#[test]
fn as_many_entries_as_changes_of_an_asset_name_each_of_them_in_order() {
    let errors = [
        entry("a|1", "", 20009, "No permission."),
        entry("a|1", "", 30001, "Not in the list."),
    ];
    let answer = answered(&two(), &read([0, 0, 2], "", &errors.concat()));
    assert_eq!(outcomes(&answer), [Refused, Refused]);
    let codes: Vec<&str> = answer.said.iter().map(|said| said.code.as_str()).collect();
    assert_eq!(codes, ["20009", "30001"]);
}

#[test]
fn a_remark_without_a_field_is_told_of_all_it_may_be_about() {
    let warning = entry("a|1", "", 30001, "Quotes are stored straight.");
    let answer = answered(&two(), &read([1, 1, 0], &warning, ""));
    assert_eq!(outcomes(&answer), [Warned, Warned]);
    assert!(
        answer.said[1]
            .meaning
            .starts_with("field not named (one of 2)")
    );
    assert_eq!(answer.said[1].code, "30001");
}

#[test]
fn a_certificate_is_one_change_though_the_server_counts_two() {
    let certificate = Value::Certificate(crate::domain::Certificate {
        status: crate::domain::CertificateStatus::Verified,
        message: "ok".to_owned(),
    });
    let items = [item("a|1", "certificate", certificate)];
    let answer = answered(&items, &read([2, 0, 0], "", ""));
    assert_eq!(outcomes(&answer), [Applied]);
    assert_eq!(answer.counts.unwrap().success, 1);
    let error = entry("a|1", "m|301|ASSET|Certificate note", 30001, "too long");
    let answer = answered(&items, &read([1, 0, 1], "", &error));
    assert_eq!(outcomes(&answer), [Refused]);
    assert!(
        answer.said[0]
            .meaning
            .starts_with("the certificate's status is written, its message is not")
    );
}

#[test]
fn present_but_empty_detail_arrays_are_no_details() {
    let mut counted = read([2, 0, 0], " ", " ");
    assert_eq!(outcomes(&answered(&two(), &counted)), [Applied, Applied]);
    counted.success = None;
    assert_eq!(outcomes(&answered(&two(), &counted)), [Unknown, Unknown]);
}

#[test]
fn operations_on_whole_assets_name_assets_alone() {
    let body = enveloped(&format!(
        "<batchSetThumbAssetReturn xmlns=\"{XSD}\"><successCount>2</successCount>\
         <warningCount>0</warningCount><errorCount>1</errorCount><errorDetailArray>{}\
         </errorDetailArray></batchSetThumbAssetReturn>",
        entry(
            "a|27010",
            "",
            30001,
            "Asset type 'Pdf' is not allowed as a thumbnail asset."
        )
    ));
    let counted = opened("batchSetThumbAsset", &body, batch::read);
    let pairs = [("a|27008", ""), ("a|27010", ""), ("a|27012", "")];
    let (fates, agrees) = batch::settle(&pairs, &counted);
    assert!(agrees);
    assert_eq!(fates[0], batch::Fate::Applied);
    assert!(matches!(&fates[1], batch::Fate::Refused(code, _) if code == "30001"));
    assert_eq!(fates[2], batch::Fate::Applied);
}

#[test]
fn deletions_answer_in_the_same_shape() {
    let error = entry(
        "a|27008",
        "",
        20009,
        "User does not have Delete permission.",
    );
    let body = enveloped(&format!(
        "<deleteAssetsReturn xmlns=\"{XSD}\"><successCount>1</successCount><warningCount>0\
         </warningCount><errorCount>1</errorCount><errorDetailArray>{error}</errorDetailArray>\
         </deleteAssetsReturn>"
    ));
    let counted = opened("deleteAssets", &body, batch::read);
    assert_eq!((counted.success, counted.error), (Some(1), Some(1)));
    assert_eq!(counted.errors[0].code, "20009");
}
