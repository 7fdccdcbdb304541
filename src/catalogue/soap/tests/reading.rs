//! Assets by handle and name, counts, folders, fields.

use super::{Desk, items};
use crate::catalogue::faults::Faults;
use crate::catalogue::soap::element::Element;
use crate::catalogue::soap::{ManyValues, SoapSwitches, UnsetFields};

const COMPANY: &str = "<companyHandle>c|301</companyHandle>";

fn list(array: &str, texts: &[&str]) -> String {
    format!("{COMPANY}<{array}>{}</{array}>", items(texts))
}

/// One asset with everything it has.
fn asset(desk: &Desk, handle: &str) -> Element {
    let content = desk
        .call("getAssets", &list("assetHandleArray", &[handle]))
        .good();
    content.items("assetArray").next().unwrap().clone()
}

fn metadata<'a>(asset: &'a Element, field: &str) -> Option<&'a Element> {
    asset
        .items("metadataArray")
        .find(|item| item.text_of("name") == Some(field))
}

#[test]
fn handles_that_are_unknown_or_not_of_this_face_are_left_out() {
    let handles = [
        "a|27009", "a|1", "a|27015", "A|27007", "", "a|27007", "a|27009",
    ];
    let answer = Desk::new().call("getAssets", &list("assetHandleArray", &handles));
    assert_eq!(answer.names(), ["jacket_blue", "jacket_red"]);
}

#[test]
fn an_asset_without_a_filter_shows_everything_in_the_order_of_the_schema() {
    let red = asset(&Desk::new(), "a|27007");
    let names: Vec<&str> = red
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "assetHandle",
            "type",
            "name",
            "fileName",
            "folder",
            "folderHandle",
            "readyForPublish",
            "trashState",
            "projects",
            "ipsImageUrl",
            "created",
            "createUser",
            "lastModified",
            "lastModifyUser",
            "metadataArray",
            "imageInfo",
            "permissions",
        ]
    );
    assert_eq!(red.text_of("folderHandle"), Some("f|ExampleCo/Spring/"));
    let info = red.child("imageInfo").unwrap();
    assert_eq!(info.text_of("fileSize"), Some("9000"));
}

#[test]
fn a_locked_folder_shows_in_the_permissions() {
    let allowed = |handle: &str| -> Vec<String> {
        let asset = asset(&Desk::new(), handle);
        let permissions = asset.items("permissions");
        permissions
            .map(|one| one.text_of("isAllowed").unwrap().to_owned())
            .collect()
    };
    assert_eq!(allowed("a|27007"), ["true", "true", "true"]);
    assert_eq!(allowed("a|27014"), ["true", "false", "false"]);
}

#[test]
fn what_is_excluded_is_not_written() {
    let inside = list("assetHandleArray", &["a|27007"])
        + "<excludeFieldArray><items>assetArray/items/metadataArray</items>\
           <items>assetArray/items/permissions</items></excludeFieldArray>";
    let content = Desk::new().call("getAssets", &inside).good();
    let red = content.items("assetArray").next().unwrap();
    assert!(red.child("metadataArray").is_none());
    assert!(red.child("permissions").is_none());
    assert!(red.child("imageInfo").is_some());
}

#[test]
fn a_field_of_one_type_is_not_on_assets_of_another() {
    let desk = Desk::new();
    assert!(metadata(&asset(&desk, "a|27007"), "Priority").is_some());
    assert!(metadata(&asset(&desk, "a|27008"), "Priority").is_none());
}

#[test]
fn typed_fields_carry_a_typed_twin_and_unset_ones_an_empty_value() {
    let blue = asset(&Desk::new(), "a|27009");
    let shown = metadata(&blue, "Shown").unwrap();
    assert_eq!(shown.text_of("value"), Some("2024-05-01"));
    assert_eq!(shown.text_of("dateVal"), Some("2024-05-01T00:00:00.000Z"));
    let unset = metadata(&blue, "Copyright").unwrap();
    assert_eq!(unset.text_of("value"), Some(""));
    let many = metadata(&blue, "Season").unwrap();
    assert!(many.child("valueArray").is_none());
}

#[test]
fn switches_decide_what_stands_in_value_and_whether_unset_fields_are_listed() {
    let season = |many_values| {
        let switches = SoapSwitches {
            many_values,
            unset_fields: UnsetFields::Omitted,
            ..SoapSwitches::default()
        };
        let desk = Desk::under(Faults::none(), switches);
        let red = asset(&desk, "a|27007");
        assert!(metadata(&red, "Region").is_none());
        metadata(&red, "Season")
            .unwrap()
            .text_of("value")
            .unwrap()
            .to_owned()
    };
    assert_eq!(season(ManyValues::CommaJoined), "Spring,Autumn");
    assert_eq!(season(ManyValues::First), "Spring");
    assert_eq!(season(ManyValues::Empty), "");
}

#[test]
fn names_are_exact_mind_case_and_leave_the_trash_out() {
    let desk = Desk::new();
    let found = |names: &[&str], more: &str| {
        desk.call("getAssetsByName", &(list("nameArray", names) + more))
            .names()
    };
    assert_eq!(
        found(&["leaflet", "jacket_red"], ""),
        ["jacket_red", "leaflet"]
    );
    assert!(found(&["Jacket_Red", "jacket", "gone", "orders"], "").is_empty());
    let images = "<assetTypeArray><items>Image</items></assetTypeArray>";
    assert_eq!(found(&["leaflet", "jacket_red"], images), ["jacket_red"]);
    let none = desk.call("getAssetsByName", &list("nameArray", &["nobody"]));
    assert!(none.body.contains("<assetArray></assetArray>"));
}

#[test]
fn assets_are_counted_by_type_without_the_trash_and_data_assets() {
    let content = Desk::new().call("getAssetCounts", COMPANY).good();
    let mut counts: Vec<(&str, &str)> = content
        .items("countArray")
        .map(|one| {
            (
                one.text_of("assetType").unwrap(),
                one.text_of("count").unwrap(),
            )
        })
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [("Image", "3"), ("ImageSet", "3"), ("Pdf", "1")]);
}

#[test]
fn a_name_is_in_use_even_from_the_trash() {
    let inside = list("assetNameArray", &["gone", "free", "jacket_red", "orders"]);
    let content = Desk::new().call("checkAssetNames", &inside).good();
    let taken: Vec<&str> = content.texts("inUseNameArray").collect();
    assert_eq!(taken, ["gone", "jacket_red"]);
}

fn tree(desk: &Desk, more: &str) -> Element {
    desk.call("getFolderTree", &format!("{COMPANY}{more}"))
        .good()
        .child("folders")
        .unwrap()
        .clone()
}

fn paths(folder: &Element) -> Vec<String> {
    let mut all = vec![folder.text_of("path").unwrap().to_owned()];
    for inside in folder.items("subfolderArray") {
        all.extend(paths(inside));
    }
    all
}

#[test]
fn the_folder_tree_goes_as_deep_as_asked() {
    let desk = Desk::new();
    assert_eq!(paths(&tree(&desk, "<depth>0</depth>")), ["ExampleCo/"]);
    let first = [
        "ExampleCo/",
        "ExampleCo/Archive/",
        "ExampleCo/Autumn/",
        "ExampleCo/Spring/",
    ];
    assert_eq!(paths(&tree(&desk, "<depth>1</depth>")), first);
    let all = paths(&tree(&desk, "<depth>-1</depth>"));
    assert_eq!(all.len(), 6);
    assert!(all.contains(&"ExampleCo/Archive/Legal hold/".to_owned()));
    let below = "<folderPath>ExampleCo/Spring</folderPath><depth>1</depth>";
    assert_eq!(
        paths(&tree(&desk, below)),
        ["ExampleCo/Spring/", "ExampleCo/Spring/Sets/"]
    );
    let unknown = format!("{COMPANY}<folderPath>ExampleCo/No/</folderPath><depth>1</depth>");
    assert_eq!(desk.call("getFolderTree", &unknown).code(), 30001);
}

#[test]
fn folders_come_flat_with_their_permissions_and_without_what_is_filtered_out() {
    let desk = Desk::new();
    let content = desk.call("getFolders", COMPANY).good();
    let sets: Vec<&str> = content
        .items("folderArray")
        .map(|folder| folder.text_of("permissionSetHandle").unwrap())
        .collect();
    assert_eq!(sets, ["pm|1", "pm|1", "pm|2", "pm|1", "pm|1", "pm|1"]);
    assert_eq!(content.items("permissionSetArray").count(), 2);
    let only_paths =
        "<responseFieldArray><items>folderArray/items/path</items></responseFieldArray>";
    let filtered = desk
        .call("getFolders", &format!("{COMPANY}{only_paths}"))
        .good();
    assert!(filtered.child("permissionSetArray").is_none());
    assert!(
        filtered
            .items("folderArray")
            .all(|folder| folder.children.len() == 1)
    );
}

#[test]
fn all_fields_come_grouped_by_the_type_they_are_for() {
    let content = Desk::new().call("getAssetMetadataFields", COMPANY).good();
    let groups: Vec<(&str, usize)> = content
        .items("assetFieldsArray")
        .map(|group| {
            (
                group.text_of("assetType").unwrap(),
                group.items("fieldArray").count(),
            )
        })
        .collect();
    assert_eq!(groups, [("Asset", 11), ("Image", 1)]);
}

#[test]
fn old_versions_do_not_hear_of_enforced_fields() {
    let desk = Desk::new();
    let in_version = |date: &str| {
        let namespace = format!("http://www.scene7.com/IpsApi/xsd/{date}");
        let body = format!(
            "<getAssetMetadataFieldsParam xmlns=\"{namespace}\">{COMPANY}\
             </getAssetMetadataFieldsParam>"
        );
        let answer = desk.post(&desk.envelope(&body), &[]);
        assert_eq!(answer.good().namespace.as_ref(), namespace);
        answer.body.contains("isEnforced")
    };
    assert!(in_version("2014-04-03"));
    assert!(!in_version("2013-02-15"));
}

#[test]
fn a_type_that_does_not_exist_has_no_fields() {
    let inside = format!("{COMPANY}<assetType>Sculpture</assetType>");
    assert_eq!(Desk::new().call("getMetadataFields", &inside).code(), 30001);
}

#[test]
fn values_in_use_come_once_each_in_order() {
    let inside = format!("{COMPANY}<fieldHandle>m|301|ASSET|Season</fieldHandle>");
    let content = Desk::new().call("getUniqueMetadataValues", &inside).good();
    assert_eq!(
        content.texts("values").collect::<Vec<_>>(),
        ["Autumn", "Spring", "Summer"]
    );
}
