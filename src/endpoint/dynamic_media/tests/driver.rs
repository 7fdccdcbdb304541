//! The driver against a scripted service.

use crate::{
    domain::{Item, Offer, Outcome, Value},
    endpoint::{Call, CallKind, Endpoint, EndpointError, Verdict},
};

use super::{
    item,
    scripted::{Service, counted},
};

fn metadata(items: Vec<Item>) -> Call {
    Call {
        kind: CallKind::Metadata,
        items,
    }
}

fn thumbnails(items: Vec<Item>) -> Call {
    Call {
        kind: CallKind::Thumbnails,
        items,
    }
}

fn refusal(field: &str, code: u32) -> String {
    format!(
        "<items><assetHandle>a|1</assetHandle><fieldHandle>m|301|{field}</fieldHandle>\
         <code>{code}</code><reason>no empty value</reason></items>"
    )
}

fn asset(handle: &str) -> String {
    format!("<items><assetHandle>{handle}</assetHandle><type>Image</type></items>")
}

#[tokio::test]
async fn connecting_tells_the_company_the_role_and_the_fields() {
    let service = Service::start(&[], |_| {});
    let connection = service.endpoint.connect().await.unwrap();
    let can = connection.capabilities;
    assert_eq!(
        (can.library.as_str(), can.role.as_str()),
        ("ExampleCo", "IpsUser")
    );
    assert!(can.writing == Offer::Yes && can.certificates == Offer::Yes && can.lazy_thumbnails);
    assert!(connection.schema.field("Copyright").is_some());
    assert!(!format!("{:?}", service.endpoint).contains("hunter2"));
}

#[tokio::test]
async fn a_role_that_may_only_look_is_told_so() {
    let members = "<membershipArray><items><company><companyHandle>c</companyHandle><name>E</name>\
        <rootPath>E/</rootPath></company><role>ImagePortalUser</role><isActive>true</isActive>\
        </items></membershipArray>";
    let service = Service::start(&[("getCompanyMembership", members)], |_| {});
    let can = service.endpoint.connect().await.unwrap().capabilities;
    assert!(can.writing.refusal().unwrap().contains("ImagePortalUser"));
}

#[tokio::test]
async fn the_listing_goes_on_until_every_row_was_seen_or_a_page_is_empty() {
    let page = |total: u32, rows: &[&str]| {
        let rows: String = rows.iter().map(|row| asset(row)).collect();
        format!("<totalRows>{total}</totalRows><assetArray>{rows}</assetArray>")
    };
    let script = [
        ("searchAssets", &*page(3, &["a|1", "a|2"])),
        ("searchAssets", &*page(3, &["a|3"])),
    ];
    let service = Service::start(&script, |settings| settings.page_size = 2);
    let first = service.endpoint.page(None).await.unwrap();
    assert_eq!((first.total, first.assets.len()), (3, 2));
    let second = service.endpoint.page(first.next).await.unwrap();
    assert_eq!((second.assets.len(), second.next), (1, None));
    let shrunk = Service::start(&[("searchAssets", &page(9, &[]))], |_| {});
    assert_eq!(shrunk.endpoint.page(None).await.unwrap().next, None);
}

#[tokio::test]
async fn a_lost_page_is_asked_for_again_and_a_lost_write_is_not() {
    let script = [
        ("searchAssets", ""),
        ("searchAssets", "<totalRows>0</totalRows>"),
        ("batchSetAssetMetadata", ""),
    ];
    let service = Service::start(&script, |_| {});
    assert_eq!(service.endpoint.page(None).await.unwrap().total, 0);
    let call = metadata(vec![item("a|1", "Copyright", Value::text("x"))]);
    let error = service.endpoint.submit(&call).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::ReadBack);
    let writes = service.called();
    assert_eq!(
        writes
            .iter()
            .filter(|one| *one == "batchSetAssetMetadata")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_refused_empty_value_is_deleted_instead() {
    let refused = counted(0, 1, &refusal("IMAGE|Priority", 30001));
    let script = [
        ("batchSetAssetMetadata", refused.as_str()),
        ("deleteAssetMetadata", " "),
    ];
    let service = Service::start(&script, |_| {});
    let call = metadata(vec![item("a|1", "Priority", Value::Absent)]);
    let answer = service.endpoint.submit(&call).await.unwrap();
    assert_eq!(answer.said[0].outcome, Outcome::Applied);
    let counts = answer.counts.unwrap();
    assert_eq!((counts.success, counts.error), (1, 0));
    assert_eq!(service.called().last().unwrap(), "deleteAssetMetadata");
}

#[tokio::test]
async fn a_deletion_that_fails_too_keeps_its_own_words_and_a_lost_one_stays_open() {
    let refused = counted(0, 1, &refusal("IMAGE|Priority", 30001));
    let fault = super::enveloped(
        "<soapenv:Fault><detail><authorizationFault><code>20009</code><reason>no Delete</reason>\
         </authorizationFault></detail></soapenv:Fault>",
    );
    for (second, outcome, code) in [
        (fault.as_str(), Outcome::Refused, "20009"),
        ("", Outcome::Unknown, "no-answer"),
    ] {
        let script = [
            ("batchSetAssetMetadata", refused.as_str()),
            ("deleteAssetMetadata", second),
        ];
        let service = Service::start(&script, |_| {});
        let call = metadata(vec![item("a|1", "Priority", Value::Absent)]);
        let said = service.endpoint.submit(&call).await.unwrap().said;
        assert_eq!((said[0].outcome, said[0].code.as_str()), (outcome, code));
    }
}

#[tokio::test]
async fn no_permission_is_not_tried_around() {
    let refused = counted(0, 1, &refusal("IMAGE|Priority", 20009));
    let service = Service::start(&[("batchSetAssetMetadata", refused.as_str())], |_| {});
    let call = metadata(vec![item("a|1", "Priority", Value::Absent)]);
    let said = service.endpoint.submit(&call).await.unwrap().said;
    assert_eq!(said[0].outcome, Outcome::Refused);
    assert_eq!(service.called().last().unwrap(), "batchSetAssetMetadata");
}

#[tokio::test]
async fn refused_empty_tags_are_removed_one_by_one_as_they_are_now() {
    let refused = counted(0, 1, &refusal("ASSET|Season", 30001));
    let fresh = "<assetArray><items><assetHandle>a|1</assetHandle><type>Image</type>\
        <metadataArray><items><name>Season</name><value>x</value><valueArray><items>Spring</items>\
        <items>Autumn</items></valueArray></items></metadataArray></items></assetArray>";
    let done = counted(1, 0, "");
    let script = [
        ("batchSetAssetMetadata", refused.as_str()),
        ("getAssets", fresh),
        ("batchSetAssetMetadata", done.as_str()),
    ];
    let service = Service::start(&script, |_| {});
    let call = metadata(vec![item("a|1", "Season", Value::Absent)]);
    let answer = service.endpoint.submit(&call).await.unwrap();
    assert_eq!(answer.said[0].outcome, Outcome::Applied);
    assert!(service.stub.seen().last().unwrap().contains(
        "<deleteTagValueArray><items>Spring</items><items>Autumn</items></deleteTagValueArray>"
    ));
}

#[tokio::test]
async fn a_thumbnail_of_a_wrong_type_is_refused_before_anything_is_sent() {
    let types = "<assetArray><items><assetHandle>a|8</assetHandle><type>Pdf</type></items>\
        <items><assetHandle>a|9</assetHandle><type>Image</type></items></assetArray>";
    let done = counted(1, 0, "");
    let script = [("getAssets", types), ("batchSetThumbAsset", done.as_str())];
    let service = Service::start(&script, |_| {});
    let with = |thumb: &str| Value::Asset {
        id: thumb.into(),
        name: "brochure".to_owned(),
    };
    let (bad, good) = (
        item("a|1", "thumbnail", with("a|8")),
        item("a|2", "thumbnail", with("a|9")),
    );
    let call = thumbnails(vec![bad, good.clone()]);
    let error = service.endpoint.submit(&call).await.unwrap_err();
    let EndpointError::PoisonedBy { items, why, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(items, &[0]);
    assert!(why.contains("brochure is of type Pdf"), "{why}");
    assert!(!service.called().contains(&"batchSetThumbAsset".to_owned()));
    let answer = service.endpoint.submit(&thumbnails(vec![good])).await;
    assert_eq!(answer.unwrap().said[0].outcome, Outcome::Applied);
}

#[tokio::test]
async fn thumbnails_are_read_for_each_asset_and_a_missing_one_is_absent() {
    let service = Service::start(&[("getAssociatedAssets", " ")], |_| {});
    let ids = ["a|1".into(), "a|2".into()];
    let read = service.endpoint.thumbnails(&ids).await.unwrap();
    assert_eq!(read.len(), 2);
    assert!(read.iter().all(|(_, value)| *value == Value::Absent));
}

#[tokio::test]
async fn a_picture_that_is_not_published_is_no_picture() {
    let service = Service::start(&[], |_| {});
    let url = service.stub.url.clone();
    let service = Service::start(&[], |settings| settings.image_server = Some(url));
    let picture = crate::domain::Asset {
        id: "a|1".into(),
        name: "x".to_owned(),
        kind: "Image".to_owned(),
        fields: Vec::new(),
        locked: None,
    };
    assert_eq!(service.endpoint.picture(&picture, 64).await, Ok(None));
}

#[tokio::test]
async fn checking_names_the_step_that_fails_and_stops_there() {
    let wrong = super::enveloped(
        "<soapenv:Fault><detail><authenticationFault><code>10001</code><reason>Invalid \
         username/password</reason></authenticationFault></detail></soapenv:Fault>",
    );
    let service = Service::start(&[("getCompanyMembership", wrong.as_str())], |_| {});
    let steps = service.endpoint.check().await;
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["address", "sign-in"]);
    let why = steps[1].result.as_ref().unwrap_err();
    assert!(
        why.contains("another region") && !why.contains("hunter2"),
        "{why}"
    );
    let whole = Service::start(&[("searchAssets", "<totalRows>0</totalRows>")], |_| {});
    let steps = whole.endpoint.check().await;
    assert_eq!(steps.len(), 5);
    assert!(steps.iter().all(|step| step.result.is_ok()), "{steps:?}");
}
