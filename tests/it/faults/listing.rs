//! Rows 16 to 23, and 47, 49 and 50 as far as they come with a page: what becomes of a listing.

use std::sync::{Arc, Mutex};

use armarius::domain::{Edit, failure::FailureKind};
use serde_json::{Value as Json, json};

use super::{
    story::{BOTH, Protocol, Stage, Story, alone, endpoint},
    truth,
};
use crate::support::{
    Library,
    raw::{Asked, Deed},
};

/// The number of assets in these libraries.
const ALL: u64 = 24;

/// Lists a library with faults; gives the story.
fn listed(protocol: Protocol, faults: &'static str) -> Story {
    let stage = Stage::over(protocol).faults(faults);
    let mut story = Story::new(&stage, |_| Deed::Pass);
    story.connect().unwrap();
    story
        .list()
        .unwrap_or_else(|failure| panic!("{faults}: {failure:?}"));
    story
}

/// Lists a library whose first page is changed.
fn with_first_page(protocol: Protocol, change: fn(String) -> Vec<u8>) -> Story {
    let script = move |asked: &Asked| {
        let is_first = match protocol {
            Protocol::Soap => {
                asked.text.contains("<resultsPage>1<") && !asked.text.contains("GreaterThanEquals")
            }
            Protocol::Rest => !asked.text.contains("search_after"),
        };
        if asked.lists() && is_first {
            let change = move |body: Vec<u8>| change(String::from_utf8(body).unwrap());
            return Deed::Changed(Arc::new(change));
        }
        Deed::Pass
    };
    let mut story = Story::new(&Stage::over(protocol), script);
    story.connect().unwrap();
    story.raw.arm();
    story.list().unwrap();
    story
}

/// Name and lock of each asset.
fn shown(story: &Story) -> Vec<(String, bool)> {
    let listing = &story.session.workbench.listing;
    let rows = listing.present().iter();
    rows.map(|row| {
        (
            listing.name(row).into_owned(),
            listing.locked(row).is_some(),
        )
    })
    .collect()
}

#[test]
fn row_16_an_asset_that_comes_twice_is_one_asset() {
    for protocol in BOTH {
        let story = listed(protocol, "dup-page=every:1");
        assert_eq!(story.session.workbench.listing.len(), ALL, "{protocol:?}");
    }
}

#[test]
fn row_17_short_pages_and_gaps_do_not_end_the_listing_early() {
    for protocol in BOTH {
        let story = listed(protocol, "miss-page=nth:2");
        // The next page begins where the short one ended.
        let len = story.session.workbench.listing.len();
        assert_eq!(len, ALL, "{protocol:?}");
    }
}

#[test]
fn row_18_a_count_that_is_wrong_neither_ends_it_early_nor_never() {
    for protocol in BOTH {
        for faults in ["count-off=-15", "count-off=500", "count-off=-1000"] {
            let story = listed(protocol, faults);
            let len = story.session.workbench.listing.len();
            assert_eq!(len, ALL, "{protocol:?}, {faults}");
        }
    }
}

#[test]
fn row_18_a_server_that_repeats_itself_is_told_so() {
    for protocol in BOTH {
        let first: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
        let script = move |asked: &Asked| {
            if !asked.lists() {
                return Deed::Pass;
            }
            let first = Arc::clone(&first);
            Deed::Changed(Arc::new(move |body| {
                first.lock().unwrap().get_or_insert(body).clone()
            }))
        };
        let mut story = Story::new(&Stage::over(protocol), script);
        story.connect().unwrap();
        story.raw.arm();
        let failure = story.list().unwrap_err();
        assert!(
            failure.why.contains("the same page"),
            "{protocol:?}: {failure:?}"
        );
    }
}

/// Changes the entities of a page of the REST protocol.
fn entities(page: &str, change: impl Fn(&mut Vec<Json>)) -> Vec<u8> {
    let mut page: Json = serde_json::from_str(page).unwrap();
    change(page["entities"].as_array_mut().unwrap());
    page.to_string().into_bytes()
}

#[test]
fn row_20_an_entity_that_lacks_something_costs_nobody_else_anything() {
    let story = with_first_page(Protocol::Rest, |page| {
        entities(&page, |all| {
            all[0]["guid"] = Json::Null;
            all[1]["attributes"]["name"] = Json::Null;
            all[2]["typeName"] = Json::Null;
            all[3]["typeName"] = json!("Gizmo");
            all[4]["attributes"]["ownerUsers"] = Json::Null;
            all[4]["classificationNames"] = Json::Null;
            all[5] = Json::Null;
            all[6] = json!("not an entity at all");
        })
    });
    let shown = shown(&story);
    assert_eq!(shown.len() as u64, ALL - 3);
    assert_eq!(
        shown.iter().filter(|(_, locked)| *locked).count(),
        2,
        "{shown:?}"
    );
}

#[test]
fn row_20_an_asset_without_a_handle_or_a_name_costs_nobody_else_anything() {
    let story = with_first_page(Protocol::Soap, |page| {
        let without = |page: String, element: &str, number: usize| {
            let (open, close) = (format!("<{element}>"), format!("</{element}>"));
            let at = page.match_indices(&open).nth(number).unwrap().0;
            let end = at + page[at..].find(&close).unwrap() + close.len();
            format!("{}{}", &page[..at], &page[end..])
        };
        without(page, "assetHandle", 0).into_bytes()
    });
    assert_eq!(shown(&story).len() as u64, ALL - 1);
    let story = with_first_page(Protocol::Soap, |page| {
        page.replacen("<metadataArray>", "<metadataArray><items/>", 3)
            .into_bytes()
    });
    assert_eq!(shown(&story).len() as u64, ALL);
}

#[test]
fn row_21_a_window_refused_is_never_asked_for() {
    let story = listed(Protocol::Rest, "window=10");
    assert_eq!(story.session.workbench.listing.len(), ALL);
}

#[test]
fn row_22_a_library_that_changes_while_it_is_listed_is_listed_all_the_same() {
    for protocol in BOTH {
        let stage = Stage::over(protocol);
        let library = Arc::new(Library::made_up(ALL));
        let first = listed(protocol, "");
        let (gone, edited) = (shown(&first)[2].0.clone(), shown(&first)[20].0.clone());
        let other = Arc::clone(&library);
        let meanwhile = move || {
            other.trash(&gone);
            other.meddle(&edited, "Title", "meanwhile");
        };
        let meanwhile: Arc<dyn Fn() + Send + Sync> = Arc::new(meanwhile);
        let once = Mutex::new(Some(meanwhile));
        let mut story = Story::with(library, &stage, move |asked| {
            let is_second = asked.number == 2 && asked.lists();
            match is_second.then(|| once.lock().unwrap().take()).flatten() {
                Some(happens) => Deed::Meanwhile(happens),
                None => Deed::Pass,
            }
        });
        story.connect().unwrap();
        story.raw.arm();
        story.list().unwrap();
        let names = shown(&story);
        assert!(
            names.len() as u64 >= ALL - 2,
            "{protocol:?}: {}",
            names.len()
        );
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
    }
}

#[test]
fn row_23_nobody_there_is_said_at_once_and_with_the_address() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for protocol in BOTH {
        let address = format!("http://{nobody}");
        let endpoint = endpoint(protocol, &address, 10);
        let failure = alone(endpoint.connect())
            .unwrap_err()
            .failure("could not sign in");
        assert_eq!(failure.kind, FailureKind::Offline);
        assert!(failure.why.contains(&address), "{failure:?}");
    }
}

#[test]
fn row_49_broken_text_in_one_asset_makes_no_page_unlistable() {
    let story = with_first_page(Protocol::Rest, |page| {
        // A lone surrogate, bytes that are no UTF-8, a raw control character, and a mark in front.
        let names = ["\\ud800 left", "\u{e000}", "tab\there"];
        let mut out = page;
        for name in names {
            out = out.replacen(
                "\"displayText\":\"",
                &format!("\"Displaytext\":\"{name}"),
                1,
            );
        }
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend_from_slice(out.as_bytes());
        let at = bytes
            .windows(3)
            .position(|three| three == "\u{e000}".as_bytes())
            .unwrap();
        bytes.splice(at..at + 3, [0xff, 0xfe]);
        bytes
    });
    let shown = shown(&story);
    assert_eq!(shown.len() as u64, ALL);
    assert_eq!(
        shown.iter().filter(|(_, locked)| *locked).count(),
        2,
        "{shown:?}"
    );

    let story = with_first_page(Protocol::Soap, |page| {
        let mut out = page;
        for text in ["&#xD800;", "\u{e000}", "&#27;[2J"] {
            out = out.replacen("<fileName>", &format!("<FileName/><fileName>{text}"), 1);
            out =
                out.replacen("<fileName>", "<fileNamE>", 1)
                    .replacen("<fileNamE>", "<fileName>", 1);
            let at = out.find("<fileName>").unwrap();
            let rest = out.split_off(at);
            out.push_str(&rest.replacen("<fileName>", "<fileName >", 1));
        }
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend_from_slice(out.as_bytes());
        let at = bytes
            .windows(3)
            .position(|three| three == "\u{e000}".as_bytes())
            .unwrap();
        bytes.splice(at..at + 3, [0xff, 0xfe]);
        bytes
    });
    let shown = self::shown(&story);
    assert_eq!(shown.len() as u64, ALL);
    assert_eq!(
        shown.iter().filter(|(_, locked)| *locked).count(),
        2,
        "{shown:?}"
    );
}

#[test]
fn row_50_an_entity_nested_without_end_is_shown_and_locked() {
    let story = with_first_page(Protocol::Rest, |page| {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let deep = format!("\"attributes\":{{\"displayName\":{deep},");
        page.replacen("\"attributes\":{", &deep, 2).into_bytes()
    });
    let shown = shown(&story);
    assert_eq!(shown.len() as u64, ALL);
    assert!(shown.iter().any(|(_, locked)| *locked), "{shown:?}");
}

#[test]
fn row_50_what_nobody_asked_for_may_be_nested_without_end() {
    let story = with_first_page(Protocol::Rest, |page| {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let deep = format!("\"attributes\":{{\"deep\":{deep},");
        page.replacen("\"attributes\":{", &deep, 2).into_bytes()
    });
    let shown = shown(&story);
    assert_eq!(shown.len() as u64, ALL);
    assert!(shown.iter().all(|(_, locked)| !locked), "{shown:?}");
}

#[test]
fn row_47_hostile_text_is_listed_as_it_is_and_left_alone_by_other_edits() {
    for protocol in BOTH {
        let stage = Stage::over(protocol).faults("dirty=1");
        let mut story = listed(protocol, "dirty=1");
        let listing = &story.session.workbench.listing;
        story.rows = listing.present().iter().take(6).collect();
        let names: Vec<String> = story
            .rows
            .iter()
            .map(|row| listing.name(row).into_owned())
            .collect();
        let titles = |story: &Story| -> Vec<Vec<String>> {
            names
                .iter()
                .map(|name| story.library.values(name, "Title"))
                .collect()
        };
        let before = titles(&story);
        // XML has no place for control characters, so the SOAP face never sends them.
        let exact = story
            .rows
            .iter()
            .zip(&before)
            .filter(|_| protocol == Protocol::Rest);
        for (row, title) in exact {
            let listed = listing.value(row, &"Title".into()).display().into_owned();
            assert_eq!(&[listed], title.as_slice(), "{protocol:?}");
        }
        story.stage("Keywords", Edit::AddTags(vec!["checked".into()]));
        story.earlier = story.library.writes().len();
        let run = story.submit();
        truth::all_applied(&story, &run, stage.faults);
        assert_eq!(titles(&story), before, "{protocol:?}");
    }
}
