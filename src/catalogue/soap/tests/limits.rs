//! Hostile text, large batches, and faults on request.

use super::{Answer, Desk, items};
use crate::catalogue::faults::{Fate, Faults};
use crate::catalogue::soap::SoapSwitches;

const COMPANY: &str = "<companyHandle>c|301</companyHandle>";

fn set_copyright(desk: &Desk, handles: &[&str], value: &str) -> Answer {
    let items = items(handles);
    let inside = format!(
        "{COMPANY}<updateArray><items><assetHandleArray>{items}</assetHandleArray><updateArray>\
         <items><fieldHandle>m|301|ASSET|Copyright</fieldHandle><value>{value}</value></items>\
         </updateArray></items></updateArray>"
    );
    desk.call("batchSetAssetMetadata", &inside)
}

fn copyright(desk: &Desk) -> String {
    let inside = format!("{COMPANY}<assetHandleArray><items>a|27007</items></assetHandleArray>");
    let content = desk.call("getAssets", &inside).good();
    let asset = content.items("assetArray").next().unwrap();
    let found = asset
        .items("metadataArray")
        .find(|one| one.text_of("name") == Some("Copyright"));
    found.unwrap().text_of("value").unwrap().to_owned()
}

#[test]
fn hostile_text_comes_back_as_it_went_in() {
    let desk = Desk::new();
    let long = "x".repeat(10_000);
    for (sent, back) in [
        ("a&#13;&#10;b&#9;c", "a\r\nb\tc"),
        ("&lt;/value&gt;&amp;amp;]]&gt;", "</value>&amp;]]>"),
        (
            "\u{202e}right to left \u{1f469}\u{200d}\u{1f52c}",
            "\u{202e}right to left \u{1f469}\u{200d}\u{1f52c}",
        ),
        (long.as_str(), long.as_str()),
    ] {
        assert_eq!(set_copyright(&desk, &["a|27007"], sent).counts(), [1, 0, 0]);
        assert_eq!(copyright(&desk), back);
    }
}

#[test]
fn characters_xml_cannot_carry_are_refused_coming_in_and_replaced_going_out() {
    let desk = Desk::new();
    assert_eq!(
        set_copyright(&desk, &["a|27007"], "bell \u{7}").code(),
        30003
    );
    assert_eq!(
        set_copyright(&desk, &["a|27007"], "bell &#7;").code(),
        30003
    );
    let author = crate::catalogue::writes::Author {
        face: crate::catalogue::writes::Face::Rest,
        who: "x".to_owned(),
        now: 1,
        request: "x".to_owned(),
        pretend: false,
    };
    let library = &desk.state.library;
    let before = library.by_id("a|27007").unwrap().unwrap();
    let mut after = before.clone();
    after
        .values
        .insert("Copyright".to_owned(), vec!["\u{1b}[31mred".to_owned()]);
    library
        .write(&author, |writing| writing.save(&before, after))
        .unwrap();
    assert_eq!(copyright(&desk), "\u{fffd}[31mred");
}

#[test]
fn a_batch_may_be_large() {
    let desk = Desk::new();
    let handles: Vec<String> = (0..3_000).map(|number| format!("a|{number}")).collect();
    let mut handles: Vec<&str> = handles.iter().map(String::as_str).collect();
    handles.push("a|27007");
    assert_eq!(set_copyright(&desk, &handles, "x").counts(), [1, 0, 3_000]);
}

fn under(spec: &str) -> Desk {
    Desk::under(Faults::parse(spec).unwrap(), SoapSwitches::default())
}

#[test]
fn a_fault_may_answer_instead_of_the_operation() {
    let desk = under("throttle=nth:1:retry-after=2,html-502=nth:2,empty-500=nth:3");
    let call = || desk.call("getSystemProperties", "");
    let first = call();
    assert_eq!(
        (first.status, first.headers["retry-after"].to_str().unwrap()),
        (429, "2")
    );
    assert_eq!(call().status, 502);
    assert_eq!((call().status, call().status), (500, 200));
}

#[test]
fn a_lost_reply_is_written_all_the_same_and_only_writes_are_lost() {
    let desk = under("write-then-drop=first:1:asset:jacket_red");
    let read = desk.call("getSystemProperties", "");
    assert!(read.fate().is_none());
    let lost = set_copyright(&desk, &["a|27007"], "lost");
    assert_eq!(lost.fate(), Some(Fate::Drop));
    assert_eq!(copyright(&desk), "lost");
    assert!(set_copyright(&desk, &["a|27007"], "found").fate().is_none());
}

#[test]
fn a_liar_says_it_wrote_and_did_not() {
    let desk = under("silent-refuse=every:1:soap");
    assert_eq!(
        set_copyright(&desk, &["a|27007"], "never").counts(),
        [1, 0, 0]
    );
    assert_eq!(copyright(&desk), "(c) 2024 ExampleCo & Sons");
}

#[test]
fn counts_may_disagree_with_the_details() {
    let desk = under("count-mismatch=nth:1");
    assert_eq!(
        set_copyright(&desk, &["a|27007", "a|1"], "x").counts(),
        [2, 0, 1]
    );
    assert_eq!(
        set_copyright(&desk, &["a|27007", "a|1"], "x").counts(),
        [1, 0, 1]
    );
}

#[test]
fn somebody_else_may_have_written_just_before() {
    let desk = under("drift=Region/Elsewhere:nth:1:asset:jacket_red");
    set_copyright(&desk, &["a|27007"], "x");
    assert_eq!(desk.stored("a|27007", "Region"), ["Elsewhere"]);
}
