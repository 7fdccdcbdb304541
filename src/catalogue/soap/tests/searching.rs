//! What `searchAssets` finds, in which order, on which page.

use super::Desk;
use crate::catalogue::faults::Faults;
use crate::catalogue::soap::{OversizedPage, SoapSwitches};

/// A search of the whole library: some children before the conditions, some after.
fn search(before: &str, after: &str) -> String {
    format!(
        "<companyHandle>c|301</companyHandle>{before}\
         <includeSubfolders>true</includeSubfolders>{after}"
    )
}

fn found(after: &str) -> Vec<String> {
    Desk::new().call("searchAssets", &search("", after)).names()
}

fn refused(after: &str) -> i32 {
    Desk::new().call("searchAssets", &search("", after)).code()
}

fn total(inside: &str) -> String {
    let content = Desk::new().call("searchAssets", inside).good();
    content.text_of("totalRows").unwrap().to_owned()
}

fn system(field: &str, op: &str, value: &str) -> String {
    format!(
        "<systemFieldConditionArray><items><field>{field}</field><op>{op}</op>{value}</items>\
         </systemFieldConditionArray>"
    )
}

fn metadata(field: &str, op: &str, value: &str) -> String {
    format!(
        "<metadataConditionArray><items><fieldHandle>{field}</fieldHandle><op>{op}</op>{value}\
         </items></metadataConditionArray>"
    )
}

fn tag(op: &str, value: &str) -> String {
    format!(
        "<tagConditionArray><items><fieldHandle>m|301|ASSET|Season</fieldHandle><op>{op}</op>\
         {value}</items></tagConditionArray>"
    )
}

#[test]
fn without_conditions_everything_outside_the_trash_comes_by_number() {
    assert_eq!(
        found(""),
        [
            "jacket_red",
            "jacket_set",
            "jacket_blue",
            "empty_set",
            "leaflet",
            "pinned_set",
            "locked_one"
        ]
    );
    assert_eq!(found("<trashState>InTrash</trashState>"), ["gone"]);
    assert!(found("<trashState>InEmptiedTrash</trashState>").is_empty());
}

#[test]
fn a_folder_is_searched_alone_or_with_what_is_below() {
    let within = |folder: &str, deep: &str| {
        let inside = format!(
            "<companyHandle>c|301</companyHandle><folder>{folder}</folder>\
             <includeSubfolders>{deep}</includeSubfolders>"
        );
        total(&inside)
    };
    assert_eq!(within("ExampleCo/Spring/", "true"), "4");
    assert_eq!(within("ExampleCo/Spring", "false"), "3");
    assert_eq!(within("ExampleCo/", "false"), "0");
    assert_eq!(within("ExampleCo/Nowhere/", "true"), "0");
    let outside = search("<folder>Other/</folder>", "");
    assert_eq!(Desk::new().call("searchAssets", &outside).code(), 30001);
}

#[test]
fn types_and_publish_states_narrow_the_search() {
    let types = |name: &str, kinds: &str| found(&format!("<{name}>{kinds}</{name}>"));
    assert_eq!(types("assetTypeArray", "<items>Pdf</items>"), ["leaflet"]);
    assert_eq!(types("assetTypeArray", "<items>Asset</items>").len(), 7);
    assert_eq!(
        types(
            "excludeAssetTypeArray",
            "<items>Image</items><items>ImageSet</items>"
        ),
        ["leaflet"]
    );
    assert_eq!(
        found("<publishState>MarkedForPublish</publishState>"),
        ["jacket_red"]
    );
    assert_eq!(
        found("<publishState>NotMarkedForPublish</publishState>").len(),
        6
    );
    assert_eq!(
        found("<assetSubTypeArray><items>MediaSet</items></assetSubTypeArray>").len(),
        7
    );
    let strict = "<assetSubTypeArray><items>MediaSet</items></assetSubTypeArray>\
                  <strictSubTypeCheck>true</strictSubTypeCheck>";
    assert!(found(strict).is_empty());
}

#[test]
fn names_compare_with_every_text_operator() {
    let by = |op: &str, value: &str| found(&system("Name", op, &format!("<value>{value}</value>")));
    assert_eq!(by("Equals", "jacket_red"), ["jacket_red"]);
    assert!(by("Equals", "JACKET_RED").is_empty());
    assert_eq!(by("NotEquals", "jacket_red").len(), 6);
    assert_eq!(
        by("Contains", "_set"),
        ["jacket_set", "empty_set", "pinned_set"]
    );
    assert_eq!(by("NotContains", "_").len(), 1);
    assert_eq!(by("StartsWith", "jacket").len(), 3);
    assert_eq!(by("EndsWith", "_red"), ["jacket_red"]);
}

#[test]
fn numbers_and_dates_compare_by_size() {
    let size = |op: &str, value: &str| found(&system("FileSize", op, value));
    assert_eq!(
        size("GreaterThan", "<longVal>700</longVal>"),
        ["jacket_red"]
    );
    assert_eq!(
        size("LessThanEquals", "<longVal>700</longVal>"),
        ["jacket_blue"]
    );
    assert_eq!(size("Equals", "<value>700</value>"), ["jacket_blue"]);
    assert_eq!(
        size("Between", "<minLong>1</minLong><maxLong>9000</maxLong>").len(),
        2
    );
    let made = |op: &str, value: &str| found(&system("Created", op, value));
    // The first three were made within these two milliseconds.
    let span =
        "<minDate>2024-03-01T23:05:07.184Z</minDate><maxDate>2024-03-01T23:05:07.186Z</maxDate>";
    assert_eq!(made("Between", span).len(), 3);
    assert_eq!(made("NotBetween", span).len(), 4);
    assert_eq!(
        made("LessThan", "<dateVal>2024-03-01T23:05:07.185Z</dateVal>"),
        ["jacket_red"]
    );
    assert_eq!(
        made("Equals", "<value>2024-03-01T23:05:07.185Z</value>"),
        ["jacket_set"]
    );
}

#[test]
fn metadata_compares_by_the_type_of_its_field() {
    let priority = |op: &str, value: &str| found(&metadata("m|301|IMAGE|Priority", op, value));
    assert_eq!(priority("Equals", "<longVal>2</longVal>"), ["jacket_red"]);
    assert_eq!(priority("Equals", "<value>2</value>"), ["jacket_red"]);
    assert_eq!(priority("StartsWith", "<value>2</value>"), ["jacket_red"]);
    assert!(priority("LessThan", "<longVal>2</longVal>").is_empty());
    let copyright = |op: &str, value: &str| found(&metadata("m|301|ASSET|Copyright", op, value));
    assert_eq!(
        copyright("Contains", "<value>&amp; Sons</value>"),
        ["jacket_red"]
    );
    assert_eq!(copyright("Equals", "<value/>").len(), 6);
    assert_eq!(copyright("NotEquals", "<value/>"), ["jacket_red"]);
    let any_case = "<caseSensitive>false</caseSensitive><value>sons</value>";
    assert_eq!(copyright("Contains", any_case), ["jacket_red"]);
    let shown = "<dateVal>2024-05-01T00:00:00.000Z</dateVal>";
    assert_eq!(
        found(&metadata("m|301|ASSET|Shown", "GreaterThanEquals", shown)),
        ["jacket_blue"]
    );
}

#[test]
fn tags_match_one_any_or_all() {
    let values = "<valueArray><items>Spring</items><items>Autumn</items></valueArray>";
    assert_eq!(
        found(&tag("Matches", "<value>Summer</value>")),
        ["jacket_set"]
    );
    assert_eq!(found(&tag("MatchesAny", values)), ["jacket_red"]);
    assert_eq!(found(&tag("MatchesAll", values)), ["jacket_red"]);
    let more = "<valueArray><items>Spring</items><items>Summer</items></valueArray>";
    assert_eq!(found(&tag("MatchesAny", more)).len(), 2);
    assert!(found(&tag("MatchesAll", more)).is_empty());
}

#[test]
fn groups_and_their_conditions_combine_as_asked() {
    let two = "<systemFieldConditionArray>\
        <items><field>Name</field><op>Equals</op><value>leaflet</value></items>\
        <items><field>Name</field><op>Equals</op><value>jacket_red</value></items>\
        </systemFieldConditionArray>";
    assert!(found(two).is_empty());
    let any = format!("<systemFieldMatchMode>MatchAny</systemFieldMatchMode>{two}");
    assert_eq!(found(&any), ["jacket_red", "leaflet"]);
    let leaflet = system("Name", "Equals", "<value>leaflet</value>");
    let summer = tag("Matches", "<value>Summer</value>");
    assert!(found(&format!("{leaflet}{summer}")).is_empty());
    let either = format!("<conditionMatchMode>MatchAny</conditionMatchMode>{leaflet}{summer}");
    assert_eq!(found(&either), ["jacket_set", "leaflet"]);
}

#[test]
fn words_the_service_does_not_know_are_refused() {
    let one = "<value>x</value>";
    for wrong in [
        "<publishState>Published</publishState>".to_owned(),
        "<trashState>Any</trashState>".to_owned(),
        "<conditionMatchMode>MatchSome</conditionMatchMode>".to_owned(),
        "<assetTypeArray><items>Sculpture</items></assetTypeArray>".to_owned(),
        "<projectHandle>p|1</projectHandle>".to_owned(),
        "<sortBy>Colour</sortBy>".to_owned(),
        "<sortBy>Name</sortBy><sortDirection>Up</sortDirection>".to_owned(),
        system("Colour", "Equals", one),
        system("Name", "Resembles", one),
        system("Name", "Equals", ""),
        system("Name", "Equals", "<value>x</value><longVal>1</longVal>"),
        system("FileSize", "Between", "<minLong>1</minLong>"),
        system("FileSize", "Equals", one),
        metadata("m|301|IMAGE|Nothing", "Equals", one),
        metadata("m|301|ASSET|Lent", "NotEquals", "<boolVal>true</boolVal>"),
        tag("MatchesAny", one),
        tag("Matches", "<valueArray/>"),
    ] {
        assert_eq!(refused(&wrong), 30001, "{wrong}");
    }
}

#[test]
fn pages_begin_at_one_and_end_in_an_empty_one() {
    let page = |size: &str, number: &str| {
        let paging =
            format!("<recordsPerPage>{size}</recordsPerPage><resultsPage>{number}</resultsPage>");
        let answer = Desk::new().call("searchAssets", &search("", &paging));
        assert_eq!(answer.good().text_of("totalRows"), Some("7"));
        assert!(answer.body.contains("<assetArray>"));
        answer.names()
    };
    assert_eq!(page("3", "1"), ["jacket_red", "jacket_set", "jacket_blue"]);
    assert_eq!(page("3", "3"), ["locked_one"]);
    assert!(page("3", "4").is_empty());
    assert!(page("2147483647", "2147483647").is_empty());
    for wrong in ["0", "-1"] {
        assert_eq!(
            refused(&format!("<resultsPage>{wrong}</resultsPage>")),
            30001
        );
        assert_eq!(
            refused(&format!("<recordsPerPage>{wrong}</recordsPerPage>")),
            30001
        );
    }
}

#[test]
fn the_order_is_the_one_asked_for_in_both_directions() {
    let ordered = |by: &str, direction: &str| {
        let order = format!("<sortBy>{by}</sortBy><sortDirection>{direction}</sortDirection>");
        found(&format!(
            "<assetTypeArray><items>Image</items></assetTypeArray>{order}"
        ))
    };
    assert_eq!(
        ordered("Name", "Ascending"),
        ["jacket_blue", "jacket_red", "locked_one"]
    );
    assert_eq!(
        ordered("Created", "Descending"),
        ["locked_one", "jacket_blue", "jacket_red"]
    );
    assert_eq!(
        ordered("Modified", "Ascending"),
        ["jacket_red", "jacket_blue", "locked_one"]
    );
    assert_eq!(
        found("<sortBy>AssetType</sortBy>").last().unwrap(),
        "leaflet"
    );
    let by_size = ordered("FileSize", "Descending");
    assert!(
        by_size.iter().position(|name| name == "jacket_red")
            < by_size.iter().position(|name| name == "jacket_blue")
    );
}

#[test]
fn a_filter_without_the_total_gets_none_and_one_without_assets_gets_no_assets() {
    let filtered = |path: &str| {
        let filter = format!("<responseFieldArray><items>{path}</items></responseFieldArray>");
        Desk::new().call("searchAssets", &search("", &filter)).body
    };
    let names = filtered("assetArray/items/name");
    assert!(!names.contains("totalRows"));
    assert!(names.contains("<items><name>jacket_red</name></items>"));
    let total = filtered("totalRows");
    assert!(total.contains("<totalRows>7</totalRows></searchAssetsReturn>"));
    assert!(filtered("nonsense").contains("2014-04-03\"></searchAssetsReturn>"));
}

#[test]
fn a_page_over_the_limit_is_capped_or_refused_and_narrow_pages_are_wider() {
    let switches = SoapSwitches {
        oversized_page: OversizedPage::Refused,
        ..SoapSwitches::default()
    };
    let desk = Desk::under(Faults::none(), switches);
    let status = |size: &str, filter: &str| {
        let after = format!("<recordsPerPage>{size}</recordsPerPage>{filter}");
        desk.call("searchAssets", &search("", &after)).status
    };
    let narrow = "<responseFieldArray><items>totalRows</items>\
                  <items>assetArray/items/assetHandle</items></responseFieldArray>";
    let wide = "<responseFieldArray><items>assetArray</items></responseFieldArray>";
    assert_eq!(status("1000", ""), 200);
    assert_eq!(status("1001", ""), 500);
    assert_eq!(status("1001", wide), 500);
    assert_eq!(status("10000", narrow), 200);
    assert_eq!(status("10001", narrow), 500);
    assert_eq!(found("<recordsPerPage>5000</recordsPerPage>").len(), 7);
}
