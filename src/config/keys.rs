//! The vocabulary of the configuration file: every key, its shape, its default and what it means.
//!
//! Reading, precedence, `config show` and the check of `config.example.toml` all work from these
//! two tables; a key exists nowhere else.

/// What a key's value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text that is not empty.
    Text,
    /// An `http://` or `https://` address without a user name in it.
    Address,
    /// `true` or `false`.
    Flag,
    /// A whole number in this range, both ends included.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// When to stop: `10`, `20%`, `10 or 20%`, or `never`.
    Rule,
    /// `{ env = "NAME" }` or `{ command = ["PROGRAM", …] }`.
    Secret,
}

/// One key of the file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the file.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// The default as TOML; `None` if there is none, or the endpoint decides.
    pub default: Option<&'static str>,
    /// The kind of profile it belongs to; `None` for all (and outside profiles).
    pub only: Option<&'static str>,
    /// Whether a flag or an environment variable may override it.
    pub overridable: bool,
    /// One line for `config show`, with the unit.
    pub help: &'static str,
}

/// The two kinds of profile.
pub(super) const KINDS: &[&str] = &["dynamic-media", "atlan"];

const SOAP: Option<&str> = Some("dynamic-media");
const REST: Option<&str> = Some("atlan");

const fn key(
    name: &'static str,
    shape: Shape,
    default: Option<&'static str>,
    help: &'static str,
) -> Key {
    Key {
        name,
        shape,
        default,
        only: None,
        overridable: true,
        help,
    }
}

/// The same key, but only the file may set it.
const fn fixed(key: Key) -> Key {
    Key {
        overridable: false,
        ..key
    }
}

/// The same key, for one kind of profile, and only from the file.
const fn only(kind: Option<&'static str>, key: Key) -> Key {
    Key {
        only: kind,
        overridable: false,
        ..key
    }
}

const fn number(least: u32, most: u32) -> Shape {
    Shape::Number { least, most }
}

/// Keys at the top of the file.
pub const SETTINGS: &[Key] = &[
    key(
        "default_profile",
        Shape::Text,
        None,
        "profile to open when none is named",
    ),
    key("data_dir", Shape::Text, None, "folder of the workspaces"),
    key(
        "theme",
        Shape::Text,
        Some("\"default\""),
        "colour theme, by name",
    ),
    key(
        "colour",
        Shape::Choice(&["auto", "never"]),
        Some("\"auto\""),
        "whether to use colours",
    ),
    key(
        "keymap",
        Shape::Choice(&["default", "arrows"]),
        Some("\"default\""),
        "key preset",
    ),
    key(
        "mouse",
        Shape::Flag,
        Some("true"),
        "take mouse clicks and the wheel",
    ),
    key(
        "title",
        Shape::Flag,
        Some("true"),
        "show a run in the window's title",
    ),
    key(
        "bell",
        Shape::Flag,
        Some("false"),
        "ring the bell when a run is over",
    ),
    key(
        "images",
        Shape::Choice(&["auto", "kitty", "sixel", "iterm2", "halfblocks", "off"]),
        Some("\"auto\""),
        "how pictures are drawn",
    ),
    key(
        "borders",
        Shape::Choice(&["line", "ascii", "none"]),
        Some("\"line\""),
        "how panes are framed",
    ),
    key(
        "menu_delay_ms",
        number(0, 1000),
        Some("400"),
        "wait before key menus open, milliseconds",
    ),
];

/// Keys of a `[profiles.NAME]` table.
pub const PROFILE: &[Key] = &[
    fixed(key(
        "kind",
        Shape::Choice(KINDS),
        None,
        "protocol of the endpoint",
    )),
    fixed(key("url", Shape::Address, None, "address of the endpoint")),
    only(SOAP, key("user", Shape::Text, None, "name to sign in with")),
    only(
        SOAP,
        key("password", Shape::Secret, None, "where the password is"),
    ),
    only(
        REST,
        key("token", Shape::Secret, None, "where the API token is"),
    ),
    only(
        SOAP,
        key("company", Shape::Text, None, "company of the library"),
    ),
    only(
        SOAP,
        key(
            "certificate_status_field",
            Shape::Text,
            None,
            "field that holds the certificate",
        ),
    ),
    only(
        SOAP,
        key(
            "certificate_message_field",
            Shape::Text,
            None,
            "field that holds its message",
        ),
    ),
    only(
        SOAP,
        key(
            "image_server",
            Shape::Address,
            None,
            "address of the pictures",
        ),
    ),
    only(
        SOAP,
        key(
            "unversioned_header",
            Shape::Flag,
            Some("false"),
            "sign in with the old header",
        ),
    ),
    key("batch_size", number(1, 10_000), None, "assets a call"),
    key("concurrency", number(1, 32), None, "calls in flight"),
    key(
        "requests_per_minute",
        number(1, 100_000),
        None,
        "requests a minute",
    ),
    key(
        "timeout_s",
        number(1, 3600),
        Some("60"),
        "wait for an answer, seconds",
    ),
    key(
        "page_size",
        number(1, 10_000),
        None,
        "assets a page of the listing",
    ),
    key(
        "check_before",
        Shape::Flag,
        Some("true"),
        "re-read and compare before each call",
    ),
    key(
        "read_back",
        Shape::Flag,
        Some("true"),
        "read back and compare after each call",
    ),
    key(
        "read_back_wait_s",
        number(0, 3600),
        Some("30"),
        "wait until what was written shows, seconds",
    ),
    key(
        "canary",
        number(0, 1000),
        None,
        "assets sent first, alone, and looked at",
    ),
    key(
        "canary_then",
        Shape::Choice(&["go-on", "ask"]),
        Some("\"go-on\""),
        "after a canary that went well",
    ),
    key(
        "stop_after",
        Shape::Rule,
        None,
        "errors or share at which a run stops",
    ),
    key(
        "confirm",
        Shape::Choice(&["scaled", "count"]),
        Some("\"scaled\""),
        "what is typed before sending",
    ),
    key(
        "reports",
        Shape::Choice(&["auto", "off"]),
        Some("\"auto\""),
        "reports at the end of every run",
    ),
    key("reports_dir", Shape::Text, None, "folder of the reports"),
    key(
        "guard_formulas",
        Shape::Flag,
        Some("true"),
        "keep spreadsheets from running cells of tables",
    ),
    fixed(key("environment", Shape::Text, None, "word in the header")),
    key(
        "read_only",
        Shape::Flag,
        Some("false"),
        "never write to the endpoint",
    ),
    fixed(key(
        "review",
        Shape::Choice(&["off", "self"]),
        Some("\"self\""),
        "who must approve before submitting",
    )),
    key("author", Shape::Text, None, "name in the history"),
];

impl Key {
    /// The environment variable that overrides it.
    pub fn variable(&self) -> String {
        match self.name {
            "default_profile" => "ARMARIUS_PROFILE".to_owned(),
            name => format!("ARMARIUS_{}", name.to_uppercase()),
        }
    }

    /// The command-line flag that overrides it.
    pub fn flag(&self) -> String {
        match self.name {
            "default_profile" => "--profile".to_owned(),
            name => format!("--{}", name.replace('_', "-")),
        }
    }
}

/// The table's key of this name.
pub(super) fn find(keys: &'static [Key], name: &str) -> Option<&'static Key> {
    keys.iter().find(|key| key.name == name)
}

/// The word nearest to a mistyped one, if it is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    words
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&word.to_lowercase(), known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}
