//! Pages that reach every asset once, against a server in miniature.

use std::collections::BTreeMap;

use crate::endpoint::atlan::typedefs::Typedefs;

use super::*;

/// A server that sorts, filters and pages as the index does.
struct Index {
    /// Creation time and guid.
    assets: Vec<(i64, String)>,
    tells_sort: bool,
    /// Hits a page has at most, whatever is asked for.
    limit: usize,
    /// Each third page has one hit less than it could.
    falls_short: bool,
    /// How far off its count is.
    count_off: i64,
    requests: Vec<Json>,
}

impl Index {
    fn new(assets: impl IntoIterator<Item = (i64, String)>, tells_sort: bool) -> Self {
        let mut assets: Vec<_> = assets.into_iter().collect();
        assets.sort();
        Self {
            assets,
            tells_sort,
            limit: usize::MAX,
            falls_short: false,
            count_off: 0,
            requests: Vec::new(),
        }
    }

    fn answer(&mut self, ask: &Ask) -> Vec<u8> {
        let body: Json = serde_json::from_str(&ask.body).unwrap();
        let dsl = &body["dsl"];
        let since = dsl["query"]["bool"]["filter"]
            .as_array()
            .unwrap()
            .iter()
            .find_map(|clause| clause["range"]["__timestamp"]["gte"].as_i64());
        let after = dsl["search_after"].as_array().map(|sort| {
            let guid = sort[1].as_str().unwrap().to_owned();
            (sort[0].as_i64().unwrap(), guid)
        });
        let from = usize::try_from(dsl["from"].as_u64().unwrap()).unwrap();
        let size = usize::try_from(dsl["size"].as_u64().unwrap()).unwrap();
        assert!(after.is_none() || from == 0, "search_after forbids from");
        let found = self.assets.iter();
        let found = found.filter(|(ms, _)| since.is_none_or(|since| *ms >= since));
        let count = i64::try_from(found.clone().count()).unwrap() + self.count_off;
        let found = found.filter(|one| after.as_ref().is_none_or(|after| *one > after));
        let short = usize::from(self.falls_short && self.requests.len() % 3 == 1);
        let size = size.min(self.limit).saturating_sub(short).max(1);
        let page: Vec<_> = found.skip(from).take(size).collect();
        let entity = |(ms, guid): &(i64, String)| {
            if guid.starts_with("hidden") {
                return json!({"guid": "-1", "scrubbed": true, "attributes": {}});
            }
            json!({"guid": guid, "typeName": "Table", "status": "ACTIVE", "createTime": ms,
                   "attributes": {"name": guid, "qualifiedName": guid}})
        };
        let mut answer = json!({"approximateCount": count});
        if !page.is_empty() {
            answer["entities"] = page.iter().map(|one| entity(one)).collect();
        }
        if self.tells_sort {
            let key = |guid: &str| {
                if guid.starts_with("hidden") {
                    "-1"
                } else {
                    guid
                }
                .to_owned()
            };
            let metadata: BTreeMap<String, Json> = page
                .iter()
                .map(|(ms, guid)| (key(guid), json!({"sort": [ms, guid]})))
                .collect();
            answer["searchMetadata"] = json!(metadata);
        }
        self.requests.push(body);
        answer.to_string().into_bytes()
    }

    fn list(&mut self, size: usize) -> (Vec<String>, u64) {
        let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
        let (mut all, mut hidden, mut cursor) = (Vec::new(), 0, None);
        loop {
            let ask = ask(cursor.as_ref(), size, &vocabulary).unwrap();
            let bytes = self.answer(&ask);
            let hits = hits(&bytes, cursor.as_ref(), size, &vocabulary).unwrap();
            let hides = self
                .assets
                .iter()
                .any(|(_, guid)| guid.starts_with("hidden"));
            if !hides && self.count_off == 0 {
                assert_eq!(hits.page.total, self.assets.len() as u64);
            }
            all.extend(hits.page.assets.iter().map(|one| one.id.to_string()));
            hidden += hits.hidden;
            cursor = hits.page.next;
            assert!(self.requests.len() < 1000, "the listing never ends");
            if cursor.is_none() {
                return (all, hidden);
            }
        }
    }
}

fn named(count: usize, time: impl Fn(usize) -> i64) -> Vec<(i64, String)> {
    (0..count)
        .map(|n| (time(n), format!("guid-{n:04}")))
        .collect()
}

fn guids(assets: &[(i64, String)]) -> Vec<String> {
    assets.iter().map(|(_, guid)| guid.clone()).collect()
}

#[test]
fn every_asset_is_listed_once_and_a_short_page_ends_it() {
    let assets = named(60, |n| 1000 + i64::try_from(n).unwrap());
    let mut index = Index::new(assets.clone(), true);
    assert_eq!(index.list(25), (guids(&assets), 0));
    assert_eq!(index.requests.len(), 3);
}

#[test]
fn a_short_page_is_no_end_whatever_the_server_counts() {
    for tells_sort in [true, false] {
        for (limit, falls_short) in [(usize::MAX, true), (10, false), (7, true), (1, false)] {
            for count_off in [0, -10, -20, 5] {
                for a_moment in [1, 3, 60] {
                    let moment = |n: usize| i64::try_from(n / a_moment).unwrap();
                    let assets = named(60, moment);
                    let mut index = Index {
                        limit,
                        falls_short,
                        count_off,
                        ..Index::new(assets.clone(), tells_sort)
                    };
                    assert_eq!(
                        index.list(25).0,
                        guids(&assets),
                        "sort {tells_sort}, limit {limit}, short {falls_short}, count {count_off}, \
                         {a_moment} a moment"
                    );
                }
            }
        }
    }
}

#[test]
fn readers_share_the_guids_evenly_and_none_belongs_to_two() {
    for (total, readers, wanted) in [
        (1_000_000, 8, 64),
        (200_000, 8, 24),
        (10_000, 8, 8),
        (4_000, 3, 3),
    ] {
        let mark = Mark {
            place: Some(Place::After(vec![json!(7), json!("g")])),
            ..Mark::default()
        };
        let first = Page {
            assets: Vec::new(),
            unread: 0,
            gone: Vec::new(),
            total,
            next: Some(mark.cursor()),
        };
        let ranges: Vec<Part> = parts(&first, 300, readers)
            .iter()
            .map(|cursor| Mark::of(Some(cursor)).unwrap().part)
            .collect();
        assert_eq!(ranges.len(), wanted, "{total} for {readers}");
        let mut held = vec![0; ranges.len()];
        for cell in 0..0x1_0000 {
            let guid = format!("{cell:04x}5eed-0000-4000-8000-000000000000");
            let holding = (0..ranges.len()).filter(|place| ranges[*place].holds(&guid));
            let holding: Vec<_> = holding.collect();
            assert_eq!(holding.len(), 1, "{guid}");
            held[holding[0]] += 1;
        }
        let (least, most) = (held.iter().min().unwrap(), held.iter().max().unwrap());
        assert!(most - least <= 16, "{held:?}");
    }
}

#[test]
fn a_full_last_page_is_followed_by_an_empty_one() {
    let assets = named(50, |_| 7);
    let mut index = Index::new(assets.clone(), true);
    assert_eq!(index.list(25), (guids(&assets), 0));
    assert_eq!(index.requests.len(), 3);
}

#[test]
fn a_server_without_sort_values_is_read_by_creation_time() {
    let assets = named(103, |n| i64::try_from(n / 3).unwrap());
    let mut index = Index::new(assets.clone(), false);
    assert_eq!(index.list(10), (guids(&assets), 0));
}

#[test]
fn without_sort_values_a_thousand_assets_of_one_moment_are_all_reached() {
    let assets = named(1000, |_| 42);
    let mut index = Index::new(assets.clone(), false);
    assert_eq!(index.list(100), (guids(&assets), 0));
}

#[test]
fn hits_nobody_may_see_are_counted_and_end_no_listing() {
    for tells_sort in [true, false] {
        let mut assets = named(9, |n| i64::try_from(n).unwrap());
        for n in 0..30 {
            assets.push((4, format!("hidden-{n:02}")));
        }
        let mut index = Index::new(assets, tells_sort);
        let (mut all, hidden) = index.list(5);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 9, "tells sort: {tells_sort}");
        assert!(hidden >= 30, "tells sort: {tells_sort}");
    }
}

/// What hits may hold: plain ones, tagged ones, and odd ones.
fn odd_hits() -> Vec<Json> {
    let plain = json!({"guid": "g1", "typeName": "Table", "status": "ACTIVE",
        "displayText": "shown", "createTime": 1_700_000_000_001_i64, "updateTime": 0,
        "createdBy": "jdoe", "labels": [], "isIncomplete": false, "docId": "x",
        "businessAttributes": {}, "relationshipAttributes": null,
        "attributes": {"name": "ORD\"ERS\n", "qualifiedName": "a/b", "description": "",
            "ownerUsers": ["a", null, "b", "a", 3], "ownerGroups": "one",
            "certificateStatus": "VERIFIED", "certificateStatusMessage": "ok",
            "SET.ATT": 1_767_225_600_000_i64, "SET.NUM": 2.0, "SET.BIG": 18_446_744_073_709_551_615_u64,
            "announcementTitle": {"odd": [1, 2.50]}, "announcementMessage": ["a", "b"],
            "userDescription": true, "displayName": null, "unknown": {"deep": [{}]}}});
    let with = |change: &dyn Fn(&mut Json)| {
        let mut hit = plain.clone();
        change(&mut hit);
        hit
    };
    vec![
        plain.clone(),
        with(&|hit| hit["guid"] = json!("-1")),
        with(&|hit| hit["guid"] = json!("")),
        with(&|hit| hit["guid"] = json!(7)),
        with(&|hit| hit["status"] = json!("DELETED")),
        with(&|hit| hit["status"] = Json::Null),
        with(&|hit| hit["scrubbed"] = json!(true)),
        with(&|hit| hit["typeName"] = json!("")),
        with(&|hit| hit["typeName"] = json!("Query")),
        with(&|hit| drop(hit["attributes"].as_object_mut().unwrap().remove("name"))),
        with(&|hit| hit["attributes"]["name"] = json!("")),
        with(&|hit| hit["attributes"]["name"] = json!(["x"])),
        with(&|hit| hit["attributes"]["certificateStatus"] = json!("OK")),
        with(&|hit| hit["classificationNames"] = json!(["TagPII", "other"])),
        with(&|hit| {
            hit["classificationNames"] = json!(["TagPII"]);
            hit["classifications"] = json!([]);
        }),
        with(&|hit| {
            hit["classifications"] = json!([
                {"typeName": "TagPII", "entityGuid": "g1", "more": {"x": []}},
                {"typeName": "TagPII", "entityGuid": "g9"}, {"typeName": "other"}, {}]);
        }),
        with(&|hit| hit["businessAttributes"] = json!({"SET": {"ATT": 0, "NUM": 3}})),
        with(&|hit| {
            hit["attributes"]["anchor"] = json!({"guid": "ga", "attributes": {"name": "Retail"}});
        }),
        with(&|hit| {
            hit["relationshipAttributes"] = json!({"anchor": {"guid": "gr"}});
        }),
        with(&|hit| {
            hit["typeName"] = json!("SupersetDashboard");
            hit["attributes"]["supersetDashboardThumbnailURL"] = json!("https://x/y/17.png?v=1");
        }),
        Json::Null,
        json!("text"),
    ]
}

#[test]
fn a_page_reads_the_same_at_one_go_and_with_patience() {
    let typedefs: Typedefs = serde_json::from_value(json!({
        "businessMetadataDefs": [{"name": "SET", "displayName": "Governance", "attributeDefs": [
            {"name": "ATT", "displayName": "Reviewed", "typeName": "date"},
            {"name": "NUM", "displayName": "Score", "typeName": "float"},
            {"name": "BIG", "displayName": "Rows", "typeName": "long"}]}],
        "classificationDefs": [{"name": "TagPII", "displayName": "PII"}],
    }))
    .unwrap();
    let vocabulary = Vocabulary::new(&typedefs, &["SupersetDashboard".to_owned()]);
    let mut quickly = 0;
    for hit in odd_hits() {
        let sort = json!({"g1": {"sort": [7, "g1"]}, "g0": {"sort": [7, "g0"], "highlights": {}}});
        for metadata in [sort, Json::Null, json!({"g1": {"sort": [7]}})] {
            let answer = json!({"queryType": "INDEX", "searchParameters": {"dsl": {"size": 3}},
                "entities": [hit, odd_hits()[0]], "approximateCount": 2,
                "searchMetadata": metadata});
            let text = answer.to_string();
            let body = lenient::body(text.as_bytes());
            let patiently = long::read(&body, &vocabulary).unwrap();
            if let Some(told) = quick::read(&body, &vocabulary) {
                assert_eq!(told, patiently, "{text}");
                quickly += 1;
            }
        }
    }
    assert!(quickly >= 30, "only {quickly} at one go");
}

#[test]
fn only_live_assets_are_asked_for_in_an_order_no_edit_changes() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let ask = ask(None, 300, &vocabulary).unwrap();
    assert_eq!(ask.path, "/api/meta/search/indexsearch");
    assert!(!ask.writes);
    let body: Json = serde_json::from_str(&ask.body).unwrap();
    assert_eq!(
        body["dsl"],
        json!({
            "from": 0, "size": 300, "track_total_hits": true,
            "query": {"bool": {"filter": [
                {"term": {"__state": "ACTIVE"}},
                {"term": {"__superTypeNames.keyword": "Asset"}}]}},
            "sort": [{"__timestamp": {"order": "asc"}}, {"__guid": {"order": "asc"}}]
        })
    );
    assert_eq!(body["showSearchMetadata"], json!(true));
}

#[test]
fn one_asset_with_a_lone_surrogate_is_locked_and_the_page_stays() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let page = br#"{"approximateCount": 2, "entities": [
        {"guid":"a","typeName":"Table","status":"ACTIVE","attributes":{"name":"x\ud800"}},
        {"guid":"b","typeName":"Table","status":"ACTIVE","attributes":{"name":"y"}}]}"#;
    let hits = hits(page, None, 300, &vocabulary).unwrap();
    let shown: Vec<_> = hits
        .page
        .assets
        .iter()
        .map(|asset| (asset.name.as_str(), asset.locked.is_some()))
        .collect();
    assert_eq!(shown, [("x\u{fffd}", true), ("y", false)]);
}

#[test]
fn raw_control_characters_and_broken_bytes_cost_no_page_either() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let page = b"{\"entities\": [
        {\"guid\":\"a\",\"typeName\":\"T\",\"status\":\"ACTIVE\",\"attributes\":{\"name\":\"x\x1b[2J\"}},
        {\"guid\":\"b\",\"typeName\":\"T\",\"status\":\"ACTIVE\",\"attributes\":{\"name\":\"y\xff\"}}]}";
    let hits = hits(page, None, 300, &vocabulary).unwrap();
    let shown: Vec<_> = hits
        .page
        .assets
        .iter()
        .map(|asset| (asset.name.as_str(), asset.locked.is_some()))
        .collect();
    assert_eq!(shown, [("x\u{1b}[2J", false), ("y\u{fffd}", true)]);
}

#[test]
fn no_hits_is_an_empty_page() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let page = br#"{"queryType": "INDEX", "searchParameters": {}, "approximateCount": 0}"#;
    let page = hits(page, None, 300, &vocabulary).unwrap().page;
    assert_eq!((page.assets.len(), page.total, page.next), (0, 0, None));
}

#[test]
fn a_page_of_html_is_no_listing() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let error = hits(b"<html>login</html>", None, 300, &vocabulary).unwrap_err();
    assert!(matches!(error, EndpointError::Garbled { .. }), "{error:?}");
}

#[test]
fn the_types_that_occur_are_counted_without_listing_any() {
    let body: Json = serde_json::from_str(&ask_types().body).unwrap();
    assert_eq!(body["dsl"]["size"], json!(0));
    let answer = json!({"approximateCount": 3, "aggregations": {"types": {"buckets": [
        {"key": "Table", "doc_count": 2}, {"key": "View", "doc_count": 1}]}}});
    assert_eq!(
        types(&answer),
        (3, vec!["Table".to_owned(), "View".to_owned()])
    );
}
