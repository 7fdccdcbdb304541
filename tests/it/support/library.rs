//! A library on a catalogue server of its own, within this process.

use std::fs;

use armarius::catalogue::{
    model::{AssetRecord, Trash},
    server::{Contents, ServeOptions, ServerHandle, serve},
    writes::{Author, Change, Face, LogEntry, ValueChange, Write},
};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The library and its server; both end with it.
pub(crate) struct Library {
    server: Option<ServerHandle>,
    runtime: Option<Runtime>,
    _imported: TempDir,
}

impl Library {
    /// So many made-up assets, always the same.
    pub(crate) fn made_up(assets: u64) -> Self {
        Self::misbehaving(assets, "")
    }

    /// The same on a server with faults.
    pub(crate) fn misbehaving(assets: u64, faults: &str) -> Self {
        let contents = Contents::Generated(assets);
        Self::serve(&[], contents, faults)
    }

    /// One asset a row, with the row's keys as fields.
    pub(crate) fn of(rows: &[Json]) -> Self {
        Self::serve(rows, Contents::Nothing, "")
    }

    fn serve(rows: &[Json], contents: Contents, faults: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let mut options = ServeOptions {
            contents,
            faults: faults.to_owned(),
            ..ServeOptions::default()
        };
        if !rows.is_empty() {
            let file = folder.path().join("rows.jsonl");
            let lines: Vec<String> = rows.iter().map(Json::to_string).collect();
            fs::write(&file, lines.join("\n")).unwrap();
            options.imports = vec![file];
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(serve(options)).unwrap();
        for report in server.imports() {
            assert!(report.bad.is_empty(), "{report:?}");
        }
        Self {
            server: Some(server),
            runtime: Some(runtime),
            _imported: folder,
        }
    }

    fn server(&self) -> &ServerHandle {
        self.server.as_ref().unwrap()
    }

    /// The address of both faces.
    pub(crate) fn address(&self) -> &str {
        self.server().address()
    }

    /// Everything that was ever written into the library, in order.
    pub(crate) fn writes(&self) -> Vec<LogEntry> {
        self.server().library().log_after(0).unwrap()
    }

    /// Somebody moves an asset to the trash.
    pub(crate) fn trash(&self, name: &str) {
        self.by_somebody(name, Change::Trash(Trash::InTrash));
    }

    /// The one asset of a name, as the library keeps it.
    pub(crate) fn asset(&self, name: &str) -> AssetRecord {
        let mut found = self.server().library().by_name(name).unwrap();
        assert_eq!(found.len(), 1, "assets called {name}");
        found.remove(0)
    }

    /// The asset that a protocol names so: by its id or its guid.
    pub(crate) fn known_as(&self, name: &str) -> Option<AssetRecord> {
        let library = self.server().library();
        let by_id = library.by_id(name).unwrap();
        by_id.or_else(|| library.by_guid(name).unwrap())
    }

    /// Somebody gives a field of an asset another value.
    pub(crate) fn meddle(&self, name: &str, field: &str, value: &str) {
        let change = ValueChange::Set(vec![value.to_owned()]);
        self.by_somebody(name, Change::Field(field.to_owned(), change));
    }

    /// Somebody takes an asset away for good.
    pub(crate) fn purge(&self, name: &str) {
        self.by_somebody(name, Change::Trash(Trash::InEmptiedTrash));
    }

    fn by_somebody(&self, name: &str, change: Change) {
        let asset = self.asset(name).id;
        let author = Author {
            face: Face::House,
            who: "mlee".to_owned(),
            now: 1_800_000_000_000,
            request: "somebody else".to_owned(),
            pretend: false,
        };
        let library = self.server().library();
        let wish = Write { asset, change };
        library.apply_each(&[wish], &author).unwrap();
    }

    /// The values of a field of the one asset of a name.
    pub(crate) fn values(&self, name: &str, field: &str) -> Vec<String> {
        let asset = self.asset(name);
        asset.values.get(field).cloned().unwrap_or_default()
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        drop(self.server.take());
        // Calls that are silent on purpose never end; nobody waits for them.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
