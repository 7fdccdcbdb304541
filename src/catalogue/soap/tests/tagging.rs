//! Dictionaries: grown by use, changed by admins, with their effect on assets.

use super::{Desk, items};

fn call(desk: &Desk, operation: &str, field: &str, values: &[&str]) -> i32 {
    let items = items(values);
    let inside = format!(
        "<companyHandle>c|301</companyHandle><fieldHandle>m|301|ASSET|{field}</fieldHandle>\
         <valueArray>{items}</valueArray>"
    );
    let answer = desk.call(operation, &inside);
    if answer.status == 200 {
        0
    } else {
        answer.code()
    }
}

fn dictionary(desk: &Desk, field: &str) -> Vec<String> {
    let inside = format!(
        "<companyHandle>c|301</companyHandle>\
         <fieldHandleArray><items>m|301|ASSET|{field}</items></fieldHandleArray>"
    );
    let content = desk.call("getTagFieldValues", &inside).good();
    let field = content.items("fieldArray").next().unwrap();
    field.texts("valueArray").map(str::to_owned).collect()
}

#[test]
fn an_open_dictionary_grows_by_use() {
    let desk = Desk::new();
    assert!(dictionary(&desk, "Words").is_empty());
    let inside = "<companyHandle>c|301</companyHandle><assetHandle>a|27007</assetHandle>\
        <updateArray><items><fieldHandle>m|301|ASSET|Words</fieldHandle>\
        <addTagValueArray><items>new</items></addTagValueArray></items></updateArray>";
    assert_eq!(desk.call("setAssetMetadata", inside).status, 200);
    assert_eq!(dictionary(&desk, "Words"), ["new"]);
}

#[test]
fn values_added_twice_are_there_once() {
    let desk = Desk::new();
    assert_eq!(
        call(
            &desk,
            "addTagFieldValues",
            "Season",
            &["Winter", "Spring", "Winter"]
        ),
        0
    );
    assert_eq!(
        dictionary(&desk, "Season"),
        ["Spring", "Summer", "Autumn", "Winter"]
    );
    assert_eq!(call(&desk, "addTagFieldValues", "Season", &[""]), 30001);
}

#[test]
fn deleted_values_leave_the_assets_that_had_them() {
    let desk = Desk::new();
    assert_eq!(
        call(&desk, "deleteTagFieldValues", "Season", &["Autumn"]),
        0
    );
    assert_eq!(dictionary(&desk, "Season"), ["Spring", "Summer"]);
    assert_eq!(desk.stored("a|27007", "Season"), ["Spring"]);
    assert_eq!(
        call(&desk, "deleteTagFieldValues", "Season", &["Banana"]),
        30001
    );
}

#[test]
fn a_dictionary_set_anew_keeps_the_assets_of_values_that_stay() {
    let desk = Desk::new();
    assert_eq!(
        call(&desk, "setTagFieldValues", "Season", &["Winter", "Spring"]),
        0
    );
    assert_eq!(dictionary(&desk, "Season"), ["Winter", "Spring"]);
    assert_eq!(desk.stored("a|27007", "Season"), ["Spring"]);
    assert!(desk.stored("a|27008", "Season").is_empty());
}

#[test]
fn values_are_renamed_in_place_and_each_that_cannot_be_is_named() {
    let desk = Desk::new();
    let rename = |old: &str, new: &str| {
        format!("<items><oldValue>{old}</oldValue><newValue>{new}</newValue></items>")
    };
    let updates = rename("Autumn", "Fall")
        + &rename("Spring", "Summer")
        + &rename("Banana", "Apple")
        + &rename("Summer", "High summer");
    let inside = format!(
        "<companyHandle>c|301</companyHandle><fieldHandle>m|301|ASSET|Season</fieldHandle>\
         <updateArray>{updates}</updateArray>"
    );
    let answer = desk.call("updateTagFieldValues", &inside);
    assert_eq!(answer.counts(), [2, 0, 2]);
    let content = answer.good();
    let details: Vec<String> = content
        .items("errorDetailArray")
        .map(|one| {
            let text = |name| one.text_of(name).unwrap();
            format!("{} {} {}", text("value"), text("code"), text("reason"))
        })
        .collect();
    assert_eq!(
        details,
        [
            "Spring 30001 New tag value 'Summer' already exists.",
            "Banana 30001 Tag value 'Banana' not found."
        ]
    );
    assert_eq!(
        dictionary(&desk, "Season"),
        ["Spring", "High summer", "Fall"]
    );
    assert_eq!(desk.stored("a|27007", "Season"), ["Spring", "Fall"]);
    assert_eq!(desk.stored("a|27008", "Season"), ["High summer"]);
}

#[test]
fn some_dictionaries_never_change() {
    let desk = Desk::new();
    assert_eq!(
        call(&desk, "addTagFieldValues", "Framed", &["Perhaps"]),
        30001
    );
    assert_eq!(
        call(&desk, "addTagFieldValues", "Certificate", &["Golden"]),
        30001
    );
    assert_eq!(call(&desk, "addTagFieldValues", "Copyright", &["x"]), 30001);
    assert_eq!(dictionary(&desk, "Framed"), ["True", "False"]);
}
