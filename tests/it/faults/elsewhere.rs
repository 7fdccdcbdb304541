//! Rows 12, 14 and 15: what changes on the server while somebody works: assets, values, and the
//! session itself.

use armarius::domain::Outcome;

use super::{
    story::{BOTH, Protocol, Stage, Story},
    truth,
};
use crate::support::raw::Deed;

#[test]
fn row_14_an_asset_that_is_gone_is_a_conflict_and_never_made_anew() {
    for check_before in [true, false] {
        let mut stage = Stage::over(Protocol::Rest);
        stage.settings.check_before = check_before;
        let mut story = Story::staged(&stage, |_| Deed::Pass);
        let row = story.rows.min().unwrap();
        let name = story.session.workbench.listing.name(row).into_owned();
        story.library.purge(&name);
        let run = story.submit();
        truth::agrees(&story, &run, "gone");
        let mine = run
            .settled
            .iter()
            .flatten()
            .filter(|one| run.items[one.item as usize].row == row && one.outcome.is_written());
        assert_eq!(mine.count(), 0);
        assert!(
            story
                .library
                .writes()
                .iter()
                .all(|write| write.field != "(created)")
        );
    }
}

#[test]
fn row_15_what_somebody_else_changed_is_a_conflict_and_stays_theirs() {
    for protocol in BOTH {
        let mut story = Story::staged(&Stage::over(protocol), |_| Deed::Pass);
        let row = story.rows.min().unwrap();
        let name = story.session.workbench.listing.name(row).into_owned();
        story.library.meddle(&name, "Title", "theirs");
        let run = story.submit();
        truth::agrees(&story, &run, "theirs");
        let conflicts: Vec<_> = run
            .settled
            .iter()
            .flatten()
            .filter(|one| one.outcome == Outcome::Conflict)
            .collect();
        assert_eq!(conflicts.len(), 1, "{protocol:?}");
        assert_eq!(story.library.values(&name, "Title"), ["theirs"]);
    }
}

#[test]
fn row_12_a_session_that_ends_in_the_middle_holds_the_run_until_somebody_signs_in() {
    for protocol in BOTH {
        let fault = match protocol {
            Protocol::Rest => crate::support::raw::http(401, "", "{\"errorMessage\":\"expired\"}"),
            Protocol::Soap => crate::support::raw::http(500, "Content-Type: text/xml\r\n", EXPIRED),
        };
        let mut story = Story::staged(&Stage::over(protocol), move |asked| {
            if (4..=30).contains(&asked.number) {
                return Deed::Instead(fault.clone());
            }
            Deed::Pass
        });
        let run = story.submit_once();
        assert_eq!(story.waits.len(), 1, "{protocol:?}: {:?}", run.state);
        assert!(
            story.waits[0].contains("sign-in refused"),
            "{:?}",
            story.waits
        );
        let asked = story.raw.count();
        assert!(
            asked <= 3 + 4,
            "{asked} requests: a storm of refused sign-ins"
        );
        story.raw.disarm();
        let run = story.resume(&run).unwrap();
        truth::all_applied(&story, &run, "signed in again");
    }
}

const EXPIRED: &str = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
    <soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><detail>\
    <tns:authenticationFault xmlns:tns=\"http://www.scene7.com/IpsApi/xsd\"><tns:code>10001</tns:code>\
    <tns:reason>Session expired</tns:reason></tns:authenticationFault></detail></soapenv:Fault>\
    </soapenv:Body></soapenv:Envelope>";
