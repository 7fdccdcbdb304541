//! One story: a library, something before it that breaks, a workspace, and a run over it all.

use std::{sync::Arc, time::Duration};

use armarius::{
    domain::{
        Asset, AssetId, Certificate, CertificateStatus, Command, Edit, Failure, Run, Value,
        run::RunState, workbench::Asked as Wish,
    },
    endpoint::{
        Endpoint,
        atlan::{self, Atlan},
        dynamic_media::{self, DynamicMedia},
        http::{Http, HttpSettings},
    },
    runtime::{Headless, RuntimeParts, RuntimeSettings},
    store::{Holder, Workspace},
};
use roaring::RoaringBitmap;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::support::{
    Library,
    raw::{Asked, Deed, Raw},
};

/// How long an answer may take here.
pub(crate) const PATIENCE: Duration = Duration::from_millis(700);
/// How often a run that waits for a person is told to go on.
const TIMES: usize = 8;

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Soap,
    Rest,
}

/// Both of them.
pub(crate) const BOTH: [Protocol; 2] = [Protocol::Soap, Protocol::Rest];

/// Where a story plays.
#[derive(Clone)]
pub(crate) struct Stage {
    /// What is spoken.
    pub(crate) protocol: Protocol,
    /// Assets in the library.
    pub(crate) assets: u64,
    /// How many of them are edited.
    pub(crate) edited: usize,
    /// Faults of the server itself.
    pub(crate) faults: &'static str,
    /// Assets a page.
    pub(crate) page: usize,
    /// How the run is sent.
    pub(crate) settings: RuntimeSettings,
}

impl Stage {
    /// Ten changes or so, in calls of four changes, two at once.
    pub(crate) fn over(protocol: Protocol) -> Self {
        Self {
            protocol,
            assets: 24,
            edited: 5,
            faults: "",
            page: 10,
            settings: RuntimeSettings {
                // Nobody here is behind: nothing is waited for.
                read_back_wait: Duration::ZERO,
                batch_size: Some(4),
                concurrency: Some(2),
                timeout: PATIENCE,
                ..RuntimeSettings::default()
            },
        }
    }

    /// The same on a server with faults.
    pub(crate) fn faults(mut self, faults: &'static str) -> Self {
        self.faults = faults;
        self
    }
}

/// A story that is under way.
pub(crate) struct Story {
    /// What is spoken.
    pub(crate) protocol: Protocol,
    /// The library.
    pub(crate) library: Arc<Library>,
    /// What stands before it.
    pub(crate) raw: Raw,
    /// The workspace and all that works on it.
    pub(crate) session: Headless,
    /// Why the run waited, each time.
    pub(crate) waits: Vec<String>,
    /// The assets that are edited.
    pub(crate) rows: RoaringBitmap,
    /// How many writes the library had seen when the changes were staged.
    pub(crate) earlier: usize,
    runtime: Runtime,
    _folder: TempDir,
}

impl Story {
    /// A library behind a script, which is not asked yet, and a workspace that has not asked
    /// anything either.
    pub(crate) fn new(
        stage: &Stage,
        script: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let library = Library::misbehaving(stage.assets, stage.faults);
        Self::with(Arc::new(library), stage, script)
    }

    /// The same over a library that is there.
    pub(crate) fn with(
        library: Arc<Library>,
        stage: &Stage,
        script: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let raw = Raw::before(library.address(), script);
        let endpoint = endpoint(stage.protocol, &raw.address, stage.page);
        let folder = TempDir::new().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let parts = RuntimeParts {
            endpoint,
            workspace: Workspace::open(folder.path(), &Holder::this_process("akim", 0)).unwrap(),
            profile: "shop".into(),
            author: "akim".into(),
            settings: stage.settings,
            reports: folder.path().join("reports"),
        };
        let session = runtime.block_on(Headless::open(parts)).unwrap();
        Self {
            protocol: stage.protocol,
            earlier: library.writes().len(),
            library,
            raw,
            session,
            waits: Vec::new(),
            rows: RoaringBitmap::new(),
            runtime,
            _folder: folder,
        }
    }

    /// Signs in.
    pub(crate) fn connect(&mut self) -> Result<(), Failure> {
        self.runtime.block_on(self.session.connect())
    }

    /// Lists everything.
    pub(crate) fn list(&mut self) -> Result<(), Failure> {
        self.runtime.block_on(self.session.list(|_, _| {}))
    }

    /// Signs in, lists, and stages a title, a keyword and a certificate on some assets; then the
    /// script is armed.
    pub(crate) fn staged(
        stage: &Stage,
        script: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let mut story = Self::new(stage, script);
        story.get_ready(stage);
        story
    }

    /// The same for a story that has just begun.
    pub(crate) fn get_ready(&mut self, stage: &Stage) {
        self.connect().unwrap();
        self.list().unwrap();
        let listing = &self.session.workbench.listing;
        let free = |row: &u32| listing.locked(*row).is_none();
        self.rows = listing
            .present()
            .iter()
            .filter(free)
            .take(stage.edited)
            .collect();
        self.stage("Title", Edit::Set(Value::text("Seen at the pier")));
        self.stage("Keywords", Edit::AddTags(vec!["checked".into()]));
        let certificate = Value::Certificate(Certificate {
            status: CertificateStatus::Deprecated,
            message: "replaced".into(),
        });
        self.stage("certificate", Edit::Set(certificate));
        self.earlier = self.library.writes().len();
        self.raw.arm();
    }

    /// Stages an edit on the assets of this story.
    pub(crate) fn stage(&mut self, field: &str, edit: Edit) {
        let command = Command::Stage {
            label: String::new(),
            asked: vec![Wish {
                field: field.into(),
                edit,
                rows: self.rows.clone(),
            }],
        };
        self.runtime.block_on(self.session.apply(&command)).unwrap();
    }

    /// Sends the draft; a run that waits for a person is told to go on a few times.
    pub(crate) fn submit(&mut self) -> Run {
        let plan = self.session.plan();
        assert!(!plan.items.is_empty(), "nothing to send");
        let mut run = self
            .runtime
            .block_on(self.session.submit(&plan, ""))
            .unwrap();
        while run.state == RunState::Paused && self.waits.len() < TIMES {
            self.waits.push(self.session.note().to_owned());
            match self.runtime.block_on(self.session.resume(Some(&run.id))) {
                Ok(next) => run = next,
                Err(failure) => self.waits.push(failure.sentence()),
            }
        }
        run
    }

    /// Sends the draft; a run that waits for a person stays so.
    pub(crate) fn submit_once(&mut self) -> Run {
        let plan = self.session.plan();
        let run = self
            .runtime
            .block_on(self.session.submit(&plan, ""))
            .unwrap();
        if run.state == RunState::Paused {
            self.waits.push(self.session.note().to_owned());
        }
        run
    }

    /// Goes on with a run.
    pub(crate) fn resume(&mut self, run: &Run) -> Result<Run, Failure> {
        self.runtime.block_on(self.session.resume(Some(&run.id)))
    }

    /// What the library has now, read past the script.
    pub(crate) fn truth(&self, ids: &[AssetId]) -> Vec<Asset> {
        let clean = endpoint(self.protocol, self.library.address(), 100);
        let mut last = None;
        for _ in 0..20 {
            match self.runtime.block_on(clean.fetch(ids)) {
                Ok(assets) => return assets,
                Err(error) => last = Some(error),
            }
        }
        panic!("{last:?}")
    }
}

/// Waits for one thing alone.
pub(crate) fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

/// An endpoint of the demo's account at an address.
pub(crate) fn endpoint(protocol: Protocol, address: &str, page: usize) -> Arc<dyn Endpoint> {
    let http = Http::new(HttpSettings {
        timeout_s: 1,
        first_retry_ms: 1,
        ..HttpSettings::default()
    })
    .unwrap();
    match protocol {
        Protocol::Soap => {
            let user = "librarian@example.com";
            let mut settings =
                dynamic_media::Settings::new(address, user, "demo".to_owned().into());
            settings.certificate_status_field = Some("Certificate".to_owned());
            settings.certificate_message_field = Some("Certificate note".to_owned());
            settings.page_size = page;
            Arc::new(DynamicMedia::new(settings, http))
        }
        Protocol::Rest => {
            let settings = atlan::Settings {
                url: address.to_owned(),
                token: "demo-token".to_owned().into(),
                page_size: page,
            };
            Arc::new(Atlan::new(settings, http))
        }
    }
}
