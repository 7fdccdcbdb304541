//! The sample library, listed whole over this face.

use super::Desk;
use crate::catalogue::accounts::Accounts;
use crate::catalogue::database::Library;
use crate::catalogue::faults::Faults;
use crate::catalogue::sample;
use crate::catalogue::state::ServerState;

#[test]
fn every_picture_of_the_sample_is_reached_once_page_by_page() {
    let library = Library::in_memory().unwrap();
    sample::fill(&library).unwrap();
    let accounts = Accounts::new("editor@example.com", Some("secret".to_owned()), None);
    let desk = Desk {
        state: ServerState::new(library, accounts, Faults::none()),
        user: "editor@example.com",
    };
    let mut handles = std::collections::HashSet::new();
    for page in 1.. {
        let inside = format!(
            "<companyHandle>c|301</companyHandle><includeSubfolders>true</includeSubfolders>\
             <recordsPerPage>1000</recordsPerPage><resultsPage>{page}</resultsPage>\
             <sortBy>Created</sortBy><sortDirection>Ascending</sortDirection>\
             <responseFieldArray><items>totalRows</items>\
             <items>assetArray/items/assetHandle</items><items>assetArray/items/folder</items>\
             </responseFieldArray>"
        );
        let answer = desk.call("searchAssets", &inside);
        let content = answer.good();
        assert_eq!(content.text_of("totalRows"), Some("12480"));
        let before = handles.len();
        let found = content.items("assetArray");
        handles.extend(found.map(|asset| asset.text_of("assetHandle").unwrap().to_owned()));
        if handles.len() == before {
            break;
        }
    }
    assert_eq!(handles.len(), 12_480);
}
