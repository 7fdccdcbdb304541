//! A sign-in that expires in the middle of a run: the run waits, somebody signs in again, and it goes
//! on where it was.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::{ONE_BY_ONE, is_written_once, stage_three, write_of};
use crate::support::{
    BOTH, Desk, Library, Terminal,
    raw::{Deed, Raw, http},
};

/// A server before the library whose sign-in expires with the second call that writes, until it
/// is renewed.
struct Expiring {
    raw: Raw,
    valid: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
}

impl Expiring {
    fn before(library: &Library, profile: &'static str) -> Self {
        let valid = Arc::new(AtomicBool::new(true));
        let refused: Arc<AtomicUsize> = Arc::default();
        let (known, counted, writes) = (valid.clone(), refused.clone(), AtomicUsize::new(0));
        let raw = Raw::before(library.address(), move |asked| {
            let writes_now = asked.text.contains(write_of(profile));
            if writes_now && writes.fetch_add(1, Ordering::SeqCst) == 1 {
                known.store(false, Ordering::SeqCst);
            }
            if known.load(Ordering::SeqCst) {
                return Deed::Pass;
            }
            counted.fetch_add(1, Ordering::SeqCst);
            Deed::Instead(match profile {
                "rest" => http(401, "", "{\"errorMessage\":\"expired\"}"),
                _ => http(500, "Content-Type: text/xml\r\n", EXPIRED),
            })
        });
        raw.arm();
        Self {
            raw,
            valid,
            refused,
        }
    }

    /// Somebody signs in again.
    fn renew(&self) {
        self.valid.store(true, Ordering::SeqCst);
    }

    /// Insists that the refusal was taken for an answer.
    #[track_caller]
    fn saw_no_storm(&self) {
        let refused = self.refused.load(Ordering::SeqCst);
        assert!((1..=6).contains(&refused), "{refused} refused requests");
    }
}

const EXPIRED: &str = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
    <soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><detail>\
    <tns:authenticationFault xmlns:tns=\"http://www.scene7.com/IpsApi/xsd\"><tns:code>10001</tns:code>\
    <tns:reason>Session expired</tns:reason></tns:authenticationFault></detail></soapenv:Fault>\
    </soapenv:Body></soapenv:Envelope>";

#[test]
fn on_the_screen_the_run_pauses_and_p_goes_on_once_signed_in_again() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let server = Expiring::before(&library, profile);
        let desk = Desk::at(&server.raw.address, ONE_BY_ONE);
        stage_three(&desk, profile);
        let mut terminal = Terminal::start(&desk, &["-p", profile], (120, 36));
        terminal.shows("60 of 60").shows("no run in progress");
        terminal.types("S").shows("press Enter to send").types("\r");
        terminal.shows("R-0001 paused").shows("sign-in refused");
        assert_eq!(library.writes().len(), 1, "{profile}");
        // Nobody has signed in again yet: it is tried, said, and nothing is lost.
        terminal.types("p").shows("could not go on with the run");
        terminal.shows("R-0001 paused");
        assert_eq!(library.writes().len(), 1, "{profile}");
        server.saw_no_storm();
        server.renew();
        terminal.types("p").shows("R-0001 finished: 3 applied");
        is_written_once(&library);
        terminal.types("2").shows(">2 Staged");
        terminal.shows("Nothing staged");
        assert_eq!(terminal.types("qq").ends(), 0);
        terminal.is_clean();
    }
}

#[test]
fn without_a_screen_the_command_says_so_and_resume_goes_on() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let server = Expiring::before(&library, profile);
        let desk = Desk::at(&server.raw.address, ONE_BY_ONE);
        stage_three(&desk, profile);
        desk.on(profile, &["submit", "--yes"])
            .ends(3)
            .says("R-0001 waits: ")
            .says("R-0001 is paused: 1 of 3 done");
        server.saw_no_storm();
        desk.on(profile, &["resume"]).ends(5).answers_nothing();
        assert_eq!(library.writes().len(), 1, "{profile}");
        server.renew();
        desk.on(profile, &["resume", "r-0001"])
            .ends(0)
            .shows("3 applied");
        is_written_once(&library);
        desk.on(profile, &["draft"]).ends(0).answers_nothing();
    }
}
