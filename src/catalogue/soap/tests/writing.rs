//! Metadata, thumbnails and publish states being written; what is refused, and what it counts as.

use super::{Answer, Desk, items};
use crate::catalogue::faults::Faults;
use crate::catalogue::soap::{EmptyValue, MissingThumb, SoapSwitches, WarnedCount};

const COMPANY: &str = "<companyHandle>c|301</companyHandle>";

/// One update of a field that all assets have.
fn update(field: &str, carrier: &str) -> String {
    format!("<items><fieldHandle>m|301|ASSET|{field}</fieldHandle>{carrier}</items>")
}

/// A batch of one group.
fn batch(desk: &Desk, handles: &[&str], updates: &str) -> Answer {
    let inside = format!(
        "{COMPANY}<updateArray><items><assetHandleArray>{}</assetHandleArray>\
         <updateArray>{updates}</updateArray></items></updateArray>",
        items(handles)
    );
    desk.call("batchSetAssetMetadata", &inside)
}

/// One update of one asset.
fn write(desk: &Desk, field: &str, carrier: &str) -> [u32; 3] {
    batch(desk, &["a|27007"], &update(field, carrier)).counts()
}

fn single(desk: &Desk, handle: &str, updates: &str) -> Answer {
    let inside =
        format!("{COMPANY}<assetHandle>{handle}</assetHandle><updateArray>{updates}</updateArray>");
    desk.call("setAssetMetadata", &inside)
}

#[test]
fn every_typed_carrier_is_stored_in_one_spelling() {
    let desk = Desk::new();
    let stored = |field: &str, carrier: &str| {
        assert_eq!(write(&desk, field, carrier), [1, 0, 0], "{field} {carrier}");
        desk.stored("a|27007", field).concat()
    };
    assert_eq!(stored("Weight", "<doubleVal>72</doubleVal>"), "72.0");
    assert_eq!(stored("Lent", "<boolVal>1</boolVal>"), "true");
    assert_eq!(stored("Lent", "<value>No</value>"), "false");
    assert_eq!(
        stored("Shown", "<dateVal>2024-05-01T10:00:00.000Z</dateVal>"),
        "2024-05-01T10:00:00.000Z"
    );
    assert_eq!(stored("Shown", "<value>05/02/2024</value>"), "2024-05-02");
    assert_eq!(stored("Framed", "<value>True</value>"), "True");
    assert_eq!(
        stored("Copyright", "<value> spaces stay </value>"),
        " spaces stay "
    );
}

#[test]
fn values_that_do_not_fit_are_refused_one_by_one_and_change_nothing() {
    let desk = Desk::new();
    for (field, carrier) in [
        ("Weight", "<value>heavy</value>"),
        ("Lent", "<value>maybe</value>"),
        ("Shown", "<value>yesterday</value>"),
        ("Framed", "<value>true</value>"),
        ("Season", "<value>Winter</value>"),
        (
            "Season",
            "<setTagValueArray><items>Spring</items><items>Winter</items></setTagValueArray>",
        ),
        ("Certificate", "<value>Golden</value>"),
        ("Accession", "<value>1</value>"),
        ("Copyright", "<setTagValueArray/>"),
        ("Copyright", "<longVal>1</longVal>"),
        ("Copyright", "<value>a</value><longVal>1</longVal>"),
        ("Nothing", "<value>x</value>"),
    ] {
        let answer = batch(&desk, &["a|27007"], &update(field, carrier));
        assert_eq!(answer.counts(), [0, 0, 1], "{field} {carrier}");
        let content = answer.good();
        let detail = content.items("errorDetailArray").next().unwrap();
        assert_eq!(detail.text_of("code"), Some("30001"), "{field} {carrier}");
        assert_eq!(
            detail.text_of("fieldHandle").unwrap(),
            format!("m|301|ASSET|{field}")
        );
    }
    assert_eq!(desk.stored("a|27007", "Season"), ["Spring", "Autumn"]);
    assert_eq!(
        desk.stored("a|27007", "Copyright"),
        ["(c) 2024 ExampleCo & Sons"]
    );
}

#[test]
fn a_field_of_another_type_does_not_apply() {
    let priority = "<items><fieldHandle>m|301|IMAGE|Priority</fieldHandle><value>1</value></items>";
    let answer = batch(&Desk::new(), &["a|27008", "a|27009"], priority);
    assert_eq!(answer.counts(), [1, 0, 1]);
    let content = answer.good();
    let detail = content.items("errorDetailArray").next().unwrap();
    assert_eq!(
        detail.text_of("reason"),
        Some("Metadata field 'Priority' does not apply to asset type 'ImageSet'.")
    );
}

#[test]
fn a_folder_without_write_access_refuses_every_pair_with_20009() {
    let desk = Desk::new();
    let two = update("Copyright", "<value>x</value>") + &update("Lent", "<value>yes</value>");
    let answer = batch(&desk, &["a|27014", "a|27007"], &two);
    assert_eq!(answer.counts(), [2, 0, 2]);
    let content = answer.good();
    for detail in content.items("errorDetailArray") {
        assert_eq!(detail.text_of("code"), Some("20009"));
        assert!(detail.text_of("reason").unwrap().contains("Legal hold"));
    }
    assert!(desk.stored("a|27014", "Copyright").is_empty());
    let one = single(&desk, "a|27014", &update("Copyright", "<value>x</value>"));
    assert_eq!(one.fault().0, "authorizationFault");
    assert_eq!(one.code(), 20009);
}

#[test]
fn clearing_works_in_every_form() {
    let cleared = |field: &str, before: &str, carrier: &str| {
        let desk = Desk::new();
        assert_eq!(write(&desk, field, before), [1, 0, 0]);
        assert_eq!(write(&desk, field, carrier), [1, 0, 0]);
        desk.stored("a|27007", field).is_empty()
    };
    assert!(cleared("Copyright", "<value>x</value>", "<value/>"));
    assert!(cleared("Weight", "<value>1</value>", "<value></value>"));
    assert!(cleared(
        "Region",
        "<value>North</value>",
        "<setTagValueArray/>"
    ));
    assert!(cleared("Words", "<value>a</value>", "<setTagValueArray/>"));
    let all = "<deleteTagValueArray><items>a</items></deleteTagValueArray>";
    assert!(cleared("Words", "<value>a</value>", all));
    assert!(cleared("Certificate", "<value>Draft</value>", "<value/>"));
}

#[test]
fn a_switch_refuses_an_empty_value_where_values_are_checked() {
    let switches = SoapSwitches {
        empty_value: EmptyValue::RefusedWhenEnforced,
        ..SoapSwitches::default()
    };
    let desk = Desk::under(Faults::none(), switches);
    assert_eq!(write(&desk, "Weight", "<value/>"), [0, 0, 1]);
    assert_eq!(write(&desk, "Copyright", "<value/>"), [1, 0, 0]);
    let delete = format!(
        "{COMPANY}<assetHandle>a|27007</assetHandle><deleteArray><items>\
         <fieldHandle>m|301|IMAGE|Priority</fieldHandle></items></deleteArray>"
    );
    assert_eq!(desk.call("deleteAssetMetadata", &delete).status, 200);
    assert!(desk.stored("a|27007", "Priority").is_empty());
}

#[test]
fn tags_are_added_taken_out_and_replaced() {
    let desk = Desk::new();
    let add = |values: &[&str]| format!("<addTagValueArray>{}</addTagValueArray>", items(values));
    assert_eq!(write(&desk, "Words", &add(&["b", "a", "b"])), [1, 0, 0]);
    assert_eq!(desk.stored("a|27007", "Words"), ["b", "a"]);
    assert_eq!(write(&desk, "Words", &add(&["c", "a"])), [1, 0, 0]);
    assert_eq!(desk.stored("a|27007", "Words"), ["b", "a", "c"]);
    let absent = "<deleteTagValueArray><items>a</items><items>zz</items></deleteTagValueArray>";
    assert_eq!(write(&desk, "Words", absent), [1, 0, 0]);
    assert_eq!(desk.stored("a|27007", "Words"), ["b", "c"]);
    assert_eq!(write(&desk, "Words", "<value>only</value>"), [1, 0, 0]);
    assert_eq!(desk.stored("a|27007", "Words"), ["only"]);
}

#[test]
fn several_values_for_a_single_one_warn_and_the_last_stays() {
    let many = "<addTagValueArray><items>North</items><items>South</items></addTagValueArray>";
    let desk = Desk::new();
    assert_eq!(write(&desk, "Region", many), [0, 1, 0]);
    assert_eq!(desk.stored("a|27007", "Region"), ["South"]);
    let switches = SoapSwitches {
        warned_count: WarnedCount::AlsoSuccess,
        ..SoapSwitches::default()
    };
    assert_eq!(
        write(&Desk::under(Faults::none(), switches), "Region", many),
        [1, 1, 0]
    );
}

#[test]
fn a_value_that_is_there_already_is_a_success_and_the_asset_is_stamped() {
    let desk = Desk::new().called_by("ipsuser@example.com");
    assert_eq!(
        write(
            &desk,
            "Copyright",
            "<value>(c) 2024 ExampleCo &amp; Sons</value>"
        ),
        [1, 0, 0]
    );
    let red = desk.state.library.by_id("a|27007").unwrap().unwrap();
    assert_eq!(red.modified_by, "ipsuser@example.com");
    assert!(red.modified > red.created);
    assert!(red.published);
}

#[test]
fn the_same_pair_twice_is_applied_in_order_and_counted_twice() {
    let desk = Desk::new();
    let twice =
        update("Copyright", "<value>one</value>") + &update("Copyright", "<value>two</value>");
    assert_eq!(
        batch(&desk, &["a|27007", "a|27007"], &twice).counts(),
        [4, 0, 0]
    );
    assert_eq!(desk.stored("a|27007", "Copyright"), ["two"]);
}

#[test]
fn one_bad_update_of_one_asset_is_a_fault_and_none_is_kept() {
    let desk = Desk::new();
    let both = update("Copyright", "<value>x</value>") + &update("Season", "<value>Winter</value>");
    assert_eq!(single(&desk, "a|27007", &both).code(), 30001);
    assert_eq!(
        desk.stored("a|27007", "Copyright"),
        ["(c) 2024 ExampleCo & Sons"]
    );
    assert_eq!(
        single(&desk, "a|99999", &update("Copyright", "<value>x</value>")).code(),
        30001
    );
    let good = single(&desk, "a|27007", &update("Copyright", "<value>x</value>"));
    assert!(good.body.contains("2014-04-03\"></setAssetMetadataReturn>"));
    assert_eq!(desk.stored("a|27007", "Copyright"), ["x"]);
}

#[test]
fn a_certificate_is_two_fields_here_and_one_thing_in_the_library() {
    let desk = Desk::new();
    let both = update("Certificate", "<value>Verified</value>")
        + &update("Certificate note", "<value>Checked in May</value>");
    assert_eq!(batch(&desk, &["a|27007"], &both).counts(), [2, 0, 0]);
    let red = desk.state.library.by_id("a|27007").unwrap().unwrap();
    assert_eq!(red.attribute("certificateStatus").unwrap(), "VERIFIED");
    assert_eq!(
        red.attribute("certificateStatusMessage").unwrap(),
        "Checked in May"
    );
    assert_eq!(
        red.certificate.updated_by.as_deref(),
        Some("editor@example.com")
    );
}

#[test]
fn data_assets_are_unknown_here_even_for_writing() {
    let desk = Desk::new();
    let copyright = update("Copyright", "<value>x</value>");
    assert_eq!(batch(&desk, &["a|27015"], &copyright).counts(), [0, 0, 1]);
    assert_eq!(single(&desk, "a|27015", &copyright).code(), 30001);
    let thumbs = format!(
        "{COMPANY}<updateArray>\
         <items><assetHandle>a|27015</assetHandle></items>\
         <items><assetHandle>a|27008</assetHandle><thumbAssetHandle>a|27015</thumbAssetHandle></items>\
         </updateArray>"
    );
    assert_eq!(desk.call("batchSetThumbAsset", &thumbs).counts(), [0, 0, 2]);
}

#[test]
fn thumbnails_in_the_trash_locked_targets_and_unknown_pictures_are_refused_in_order() {
    let desk = Desk::new();
    let pair = |asset: &str, thumb: &str| {
        format!(
            "<items><assetHandle>{asset}</assetHandle><thumbAssetHandle>{thumb}</thumbAssetHandle></items>"
        )
    };
    let updates = pair("a|27008", "a|27013")
        + &pair("a|27014", "a|27007")
        + &pair("a|27010", "a|27007")
        + &pair("a|27008", "a|404")
        + &pair("a|405", "a|27007");
    let inside = format!("{COMPANY}<updateArray>{updates}</updateArray>");
    let answer = desk.call("batchSetThumbAsset", &inside);
    assert_eq!(answer.counts(), [1, 0, 4]);
    let content = answer.good();
    let details: Vec<(&str, &str)> = content
        .items("errorDetailArray")
        .map(|one| {
            (
                one.text_of("assetHandle").unwrap(),
                one.text_of("code").unwrap(),
            )
        })
        .collect();
    assert_eq!(
        details,
        [
            ("a|27008", "30001"),
            ("a|27014", "20009"),
            ("a|27008", "30001"),
            ("a|405", "30001")
        ]
    );
    let switches = SoapSwitches {
        missing_thumb: MissingThumb::Refused,
        ..SoapSwitches::default()
    };
    let desk = Desk::under(Faults::none(), switches);
    let bare = "<items><assetHandle>a|27012</assetHandle></items>";
    let inside = format!("{COMPANY}<updateArray>{bare}</updateArray>");
    assert_eq!(desk.call("batchSetThumbAsset", &inside).counts(), [0, 0, 1]);
}

#[test]
fn the_publish_state_is_set_asset_by_asset() {
    let desk = Desk::new();
    let answer = desk.call(
        "setAssetsPublishState",
        "<companyHandle>c|301</companyHandle>\
         <publishStateUpdateArray>\
         <items>\
         <assetHandle>a|27007</assetHandle>\
         <publishState>NotMarkedForPublish</publishState>\
         </items>\
         <items>\
         <assetHandle>a|27008</assetHandle>\
         <publishState>MarkedForPublish</publishState>\
         </items>\
         </publishStateUpdateArray>",
    );
    assert_eq!(answer.counts(), [2, 0, 0]);
    let published = |id: &str| desk.state.library.by_id(id).unwrap().unwrap().published;
    assert!(!published("a|27007"));
    assert!(published("a|27008"));
}
