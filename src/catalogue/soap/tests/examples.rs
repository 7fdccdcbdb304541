//! The calls a client makes in one session, each with the whole answer it gets.

use super::{Desk, FAULTS, NAMESPACE, SOAP_11, auth, envelope, squeezed};

/// The children of an answer, between its start and end tags, without white space.
fn answered(desk: &Desk, operation: &str, inside: &str) -> String {
    let document = desk.call(operation, &squeezed(inside)).body;
    let start = format!("<{operation}Return xmlns=\"{NAMESPACE}\">");
    let from = document
        .find(&start)
        .unwrap_or_else(|| panic!("{document}"))
        + start.len();
    let to = document.find(&format!("</{operation}Return>")).unwrap();
    document[from..to].to_owned()
}

#[test]
fn a_whole_document_is_an_envelope_around_the_answer_in_the_namespace_of_the_request() {
    let answer = Desk::new().call(
        "checkLogin",
        "<companyHandle>c|301</companyHandle><email>editor@example.com</email>\
         <password>secret</password>",
    );
    assert_eq!(answer.headers["content-type"], "text/xml;charset=UTF-8");
    assert_eq!(
        answer.body,
        squeezed(&format!(
            r#"<?xml version='1.0' encoding='UTF-8'?>
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
              <soapenv:Body>
                <checkLoginReturn xmlns="{NAMESPACE}">
                  <status>ValidLogin</status>
                </checkLoginReturn>
              </soapenv:Body>
            </soapenv:Envelope>"#
        ))
    );
}

#[test]
fn companies_of_the_caller_with_the_undated_header() {
    let desk = Desk::new();
    let body = format!("<getCompanyMembershipParam xmlns=\"{NAMESPACE}\"/>");
    let header = auth(FAULTS, "editor@example.com", "secret", "");
    let answer = desk.post(&envelope(SOAP_11, &header, &body), &[]);
    let expected = squeezed(
        "<membershipArray>
          <items>
            <company>
              <companyHandle>c|301</companyHandle>
              <name>ExampleCo</name>
              <rootPath>ExampleCo/</rootPath>
              <expires>2100-12-31T23:00:00.000-06:00</expires>
            </company>
            <role>IpsCompanyAdmin</role>
            <isActive>true</isActive>
          </items>
        </membershipArray>",
    );
    assert!(answer.body.contains(&expected), "{}", answer.body);
}

/// The search of the examples: every kind of condition at once, and a filter.
const SEARCH: &str = "
    <companyHandle>c|301</companyHandle>
    <folder>ExampleCo/Spring/</folder>
    <includeSubfolders>true</includeSubfolders>
    <trashState>NotInTrash</trashState>
    <conditionMatchMode>MatchAll</conditionMatchMode>
    <systemFieldMatchMode>MatchAll</systemFieldMatchMode>
    <systemFieldConditionArray>
      <items><field>Name</field><op>StartsWith</op><value>jacket_</value></items>
      <items>
        <field>Created</field>
        <op>Between</op>
        <minDate>2024-01-01T00:00:00.000Z</minDate>
        <maxDate>2024-12-31T23:59:59.999Z</maxDate>
      </items>
    </systemFieldConditionArray>
    <tagMatchMode>MatchAll</tagMatchMode>
    <tagConditionArray>
      <items>
        <fieldHandle>m|301|ASSET|Season</fieldHandle>
        <op>MatchesAny</op>
        <valueArray><items>Spring</items><items>Summer</items></valueArray>
      </items>
    </tagConditionArray>
    <metadataMatchMode>MatchAll</metadataMatchMode>
    <metadataConditionArray>
      <items>
        <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
        <op>GreaterThanEquals</op>
        <longVal>2</longVal>
      </items>
    </metadataConditionArray>
    <assetTypeArray><items>Image</items><items>ImageSet</items></assetTypeArray>
    <excludeByproducts>true</excludeByproducts>
    <recordsPerPage>500</recordsPerPage>
    <resultsPage>1</resultsPage>
    <sortBy>Created</sortBy>
    <sortDirection>Ascending</sortDirection>
    <responseFieldArray>
      <items>totalRows</items>
      <items>assetArray/items/assetHandle</items>
      <items>assetArray/items/type</items>
      <items>assetArray/items/name</items>
      <items>assetArray/items/fileName</items>
      <items>assetArray/items/folder</items>
      <items>assetArray/items/readyForPublish</items>
      <items>assetArray/items/ipsImageUrl</items>
      <items>assetArray/items/created</items>
      <items>assetArray/items/lastModified</items>
      <items>assetArray/items/metadataArray</items>
      <items>assetArray/items/imageInfo/width</items>
      <items>assetArray/items/imageInfo/height</items>
    </responseFieldArray>";

#[test]
fn a_search_with_every_kind_of_condition_lists_exactly_the_fields_asked_for() {
    let unset = |name: &str| format!("<items><name>{name}</name><value></value></items>");
    let expected = format!(
        "<totalRows>1</totalRows>
        <assetArray>
          <items>
            <assetHandle>a|27007</assetHandle>
            <type>Image</type>
            <name>jacket_red</name>
            <fileName>jacket_red.tif</fileName>
            <folder>ExampleCo/Spring/</folder>
            <readyForPublish>true</readyForPublish>
            <ipsImageUrl>ExampleCo/a%7C27007</ipsImageUrl>
            <created>2024-03-01T23:05:07.184Z</created>
            <lastModified>2024-03-01T23:05:07.184Z</lastModified>
            <metadataArray>
              <items>
                <name>Copyright</name>
                <value>(c) 2024 ExampleCo &amp; Sons</value>
              </items>
              <items>
                <name>Priority</name>
                <value>2</value>
                <longVal>2</longVal>
              </items>
              <items>
                <name>Season</name>
                <value>Spring,Autumn</value>
                <valueArray><items>Spring</items><items>Autumn</items></valueArray>
              </items>
              {}
            </metadataArray>
            <imageInfo>
              <width>2150</width>
              <height>2500</height>
            </imageInfo>
          </items>
        </assetArray>",
        [
            "Region",
            "Words",
            "Shown",
            "Weight",
            "Lent",
            "Framed",
            "Accession"
        ]
        .map(unset)
        .concat()
            + &unset("Certificate")
            + &unset("Certificate note")
    );
    assert_eq!(
        answered(&Desk::new(), "searchAssets", SEARCH),
        squeezed(&expected)
    );
}

#[test]
fn the_fields_of_a_type_are_its_own_and_those_of_all_types() {
    let fields = answered(
        &Desk::new(),
        "getMetadataFields",
        "<companyHandle>c|301</companyHandle><assetType>Image</assetType>",
    );
    let expected = squeezed(
        "<fieldArray>
          <items>
            <fieldHandle>m|301|ASSET|Copyright</fieldHandle>
            <name>Copyright</name>
            <type>String</type>
            <defaultValue>(c) ExampleCo</defaultValue>
            <isRequired>false</isRequired>
            <isUserDefined>true</isUserDefined>
            <isHidden>false</isHidden>
            <isEnforced>false</isEnforced>
          </items>
          <items>
            <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
            <name>Priority</name>
            <type>Int</type>
            <defaultValue></defaultValue>
            <isRequired>false</isRequired>
            <isUserDefined>true</isUserDefined>
            <isHidden>false</isHidden>
            <isEnforced>true</isEnforced>
          </items>
          <items>
            <fieldHandle>m|301|ASSET|Season</fieldHandle>
            <name>Season</name>
            <type>MultiFixedTag</type>
            <defaultValue></defaultValue>
            <isRequired>false</isRequired>
            <isUserDefined>true</isUserDefined>
            <isHidden>false</isHidden>
            <isEnforced>true</isEnforced>
            <initialTagValue>Spring</initialTagValue>
          </items>",
    );
    assert!(fields.starts_with(&expected), "{fields}");
}

#[test]
fn a_dictionary_comes_in_its_order() {
    let values = answered(
        &Desk::new(),
        "getTagFieldValues",
        "<companyHandle>c|301</companyHandle>
         <fieldHandleArray><items>m|301|ASSET|Season</items></fieldHandleArray>",
    );
    let expected = "<fieldArray>
        <items>
          <fieldHandle>m|301|ASSET|Season</fieldHandle>
          <valueArray><items>Spring</items><items>Summer</items><items>Autumn</items></valueArray>
        </items>
      </fieldArray>";
    assert_eq!(values, squeezed(expected));
}

/// Seven pairs: three are done, one is done with a remark, three are refused.
const BATCH: &str = "
    <companyHandle>c|301</companyHandle>
    <updateArray>
      <items>
        <assetHandleArray><items>a|27007</items><items>a|27009</items></assetHandleArray>
        <updateArray>
          <items>
            <fieldHandle>m|301|ASSET|Copyright</fieldHandle>
            <value>(c) 2025 ExampleCo &amp; Sons</value>
          </items>
          <items>
            <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
            <value>high</value>
          </items>
        </updateArray>
      </items>
      <items>
        <assetHandleArray><items>a|27007</items><items>a|99999</items></assetHandleArray>
        <updateArray>
          <items>
            <fieldHandle>m|301|ASSET|Region</fieldHandle>
            <setTagValueArray><items>North</items><items>South</items></setTagValueArray>
          </items>
        </updateArray>
      </items>
      <items>
        <assetHandleArray><items>a|27007</items></assetHandleArray>
        <updateArray>
          <items>
            <fieldHandle>m|301|ASSET|Season</fieldHandle>
            <addTagValueArray><items>Summer</items></addTagValueArray>
            <deleteTagValueArray><items>Autumn</items></deleteTagValueArray>
          </items>
        </updateArray>
      </items>
    </updateArray>";

#[test]
fn a_batch_that_partly_fails_counts_pairs_and_names_each_that_failed() {
    let desk = Desk::new();
    let expected = squeezed(
        "<successCount>3</successCount>
        <warningCount>1</warningCount>
        <errorCount>3</errorCount>
        <warningDetailArray>
          <items>
            <assetHandle>a|27007</assetHandle>
            <fieldHandle>m|301|ASSET|Region</fieldHandle>
            <code>30001</code>
            <reason>Tag field 'Region' holds a single value; only 'South' was stored.</reason>
          </items>
        </warningDetailArray>
        <errorDetailArray>
          <items>
            <assetHandle>a|27007</assetHandle>
            <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
            <code>30001</code>
            <reason>Invalid value 'high' for Int metadata field 'Priority'.</reason>
          </items>
          <items>
            <assetHandle>a|27009</assetHandle>
            <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
            <code>30001</code>
            <reason>Invalid value 'high' for Int metadata field 'Priority'.</reason>
          </items>
          <items>
            <assetHandle>a|99999</assetHandle>
            <fieldHandle>m|301|ASSET|Region</fieldHandle>
            <code>30001</code>
            <reason>Asset handle 'a|99999' is invalid.</reason>
          </items>
        </errorDetailArray>",
    );
    assert_eq!(answered(&desk, "batchSetAssetMetadata", BATCH), expected);
    assert_eq!(
        desk.stored("a|27009", "Copyright"),
        ["(c) 2025 ExampleCo & Sons"]
    );
    assert_eq!(desk.stored("a|27007", "Region"), ["South"]);
    assert_eq!(desk.stored("a|27007", "Season"), ["Spring", "Summer"]);
    assert_eq!(desk.stored("a|27007", "Priority"), ["2"]);
}

#[test]
fn one_value_of_one_asset_is_cleared() {
    let desk = Desk::new();
    let cleared = answered(
        &desk,
        "deleteAssetMetadata",
        "<companyHandle>c|301</companyHandle>
         <assetHandle>a|27007</assetHandle>
         <deleteArray><items><fieldHandle>m|301|IMAGE|Priority</fieldHandle></items></deleteArray>",
    );
    assert_eq!(cleared, "");
    assert!(desk.stored("a|27007", "Priority").is_empty());
}

#[test]
fn thumbnails_are_set_refused_and_taken_away_in_one_batch_and_read_one_by_one() {
    let desk = Desk::new();
    let set = "<companyHandle>c|301</companyHandle>
        <updateArray>
          <items>
            <assetHandle>a|27008</assetHandle>
            <thumbAssetHandle>a|27007</thumbAssetHandle>
          </items>
          <items>
            <assetHandle>a|27010</assetHandle>
            <thumbAssetHandle>a|27011</thumbAssetHandle>
          </items>
          <items><assetHandle>a|27012</assetHandle></items>
        </updateArray>";
    let expected = squeezed(
        "<successCount>2</successCount>
        <warningCount>0</warningCount>
        <errorCount>1</errorCount>
        <errorDetailArray>
          <items>
            <assetHandle>a|27010</assetHandle>
            <code>30001</code>
            <reason>Asset type 'Pdf' is not allowed as a thumbnail asset.</reason>
          </items>
        </errorDetailArray>",
    );
    assert_eq!(answered(&desk, "batchSetThumbAsset", set), expected);
    let thumb = |handle: &str| {
        let inside = format!(
            "<companyHandle>c|301</companyHandle><assetHandle>{handle}</assetHandle>
             <responseFieldArray>
               <items>thumbAsset/assetHandle</items>
               <items>thumbAsset/type</items>
               <items>thumbAsset/name</items>
             </responseFieldArray>"
        );
        answered(&desk, "getAssociatedAssets", &inside)
    };
    let red = "<thumbAsset><assetHandle>a|27007</assetHandle><type>Image</type>\
               <name>jacket_red</name></thumbAsset>";
    assert_eq!(thumb("a|27008"), red);
    assert_eq!(thumb("a|27010"), "");
    assert_eq!(thumb("a|27012"), "");
}
