//! Typed settings: one profile, and the interface.

use secrecy::SecretString;

use super::{Environment, SecretError, SecretSource, StopAfter, raw::Raw, read::Settings};

/// An enum whose variants are the words of a key in `keys.rs`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All variants, in the order of their words in the file.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word in the file.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The variant of a checked word.
            fn of(settings: &Settings, key: &str) -> Option<Self> {
                let word = text(settings, key)?;
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// The protocol of an endpoint.
    Kind {
        /// Adobe Dynamic Media Classic, SOAP.
        DynamicMedia = "dynamic-media",
        /// Atlan, REST.
        Atlan = "atlan",
    }
}

words! {
    /// Who must approve a draft before it is submitted.
    Review {
        /// Nobody.
        Off = "off",
        /// The author must have seen the plan.
        Own = "self",
    }
}

words! {
    /// What comes after a canary that went well.
    CanaryThen {
        /// The rest.
        GoOn = "go-on",
        /// A question.
        Ask = "ask",
    }
}

words! {
    /// What a person types before anything is sent.
    Confirm {
        /// Enter, the number of assets, or a word: as much as is at stake.
        Scaled = "scaled",
        /// The number of assets, always.
        Count = "count",
    }
}

words! {
    /// Whether to use colours.
    Colour {
        /// Unless `NO_COLOR` is set.
        Auto = "auto",
        /// None.
        Never = "never",
    }
}

words! {
    /// The set of keys to start from.
    Keymap {
        /// The documented keys.
        Default = "default",
        /// No letter keys in lists.
        Arrows = "arrows",
    }
}

words! {
    /// How pictures are drawn.
    Images {
        /// Whatever the terminal does best.
        Auto = "auto",
        /// The kitty protocol.
        Kitty = "kitty",
        /// Sixel.
        Sixel = "sixel",
        /// The iTerm2 protocol.
        Iterm2 = "iterm2",
        /// Half blocks in colour.
        HalfBlocks = "halfblocks",
        /// Not at all.
        Off = "off",
    }
}

words! {
    /// How panes are framed.
    Borders {
        /// Line drawing characters.
        Line = "line",
        /// `+`, `-` and `|`.
        Ascii = "ascii",
        /// Not at all.
        None = "none",
    }
}

/// How the program looks and feels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The theme's name.
    pub theme: String,
    /// Whether to use colours.
    pub colour: Colour,
    /// The key preset.
    pub keymap: Keymap,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// Whether a run shows in the window's title.
    pub title: bool,
    /// Whether the bell rings when a run is over.
    pub bell: bool,
    /// How pictures are drawn.
    pub images: Images,
    /// How panes are framed.
    pub borders: Borders,
    /// Wait before key menus open, milliseconds.
    pub menu_delay_ms: u32,
}

/// A configured endpoint. Holds the way to its secrets, never the secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the file that says true or false"
)]
pub struct Profile {
    /// Its name; also its folder's name.
    pub name: String,
    /// The protocol.
    pub kind: Kind,
    /// The endpoint's address, without a slash at the end.
    pub url: String,
    /// The name to sign in with; empty for Atlan.
    pub user: String,
    /// The way to the password (Dynamic Media) or the API token (Atlan).
    pub secret: SecretSource,
    /// The company; `None` where the user has only one.
    pub company: Option<String>,
    /// The field that holds the certificate's status; `None`: no certificates.
    pub certificate_status_field: Option<String>,
    /// The field that holds the certificate's message.
    pub certificate_message_field: Option<String>,
    /// The address of the pictures; `None`: none are shown.
    pub image_server: Option<String>,
    /// Sign in with the header that has no version.
    pub unversioned_header: bool,
    /// Assets a call; `None`: the endpoint's own.
    pub batch_size: Option<u32>,
    /// Calls in flight; `None`: the endpoint's own.
    pub concurrency: Option<u32>,
    /// Requests a minute; `None`: the endpoint's own.
    pub requests_per_minute: Option<u32>,
    /// Wait for an answer, seconds.
    pub timeout_s: u32,
    /// Assets a page of the listing; `None`: the endpoint's own.
    pub page_size: Option<u32>,
    /// Re-read the assets of each call before it, and compare.
    pub check_before: bool,
    /// Read the assets of each call back after it, and compare.
    pub read_back: bool,
    /// How long the server may take to show what it says it has written, seconds; 0 to take the
    /// first reading.
    pub read_back_wait_s: u32,
    /// Assets sent first, alone; `None`: some in production, none elsewhere.
    pub canary: Option<u32>,
    /// What comes after a canary that went well.
    pub canary_then: CanaryThen,
    /// When a run stops by itself; `None`: 10 errors or 20 % in production, never elsewhere.
    pub stop_after: Option<StopAfter>,
    /// What is typed before anything is sent.
    pub confirm: Confirm,
    /// Write reports at the end of every run.
    pub reports: bool,
    /// The folder of the reports; `None`: `reports` in the workspace.
    pub reports_dir: Option<String>,
    /// Put a `'` before cells of reports that a spreadsheet would run as a formula.
    pub guard_formulas: bool,
    /// The word in the header (`production`); empty if there is none.
    pub environment: String,
    /// Never write.
    pub read_only: bool,
    /// Who must approve.
    pub review: Review,
    /// The name in the history.
    pub author: String,
}

impl Profile {
    /// Fetches the password or the token. Waits for a command, at most 30 s.
    ///
    /// # Errors
    ///
    /// A [`SecretError`] that says what to put right.
    pub fn secret(&self, environment: &Environment) -> Result<SecretString, SecretError> {
        self.secret.resolve(environment)
    }

    /// A sentence about it if the secret goes to another machine without encryption.
    pub fn unencrypted(&self) -> Option<String> {
        let rest = self.url.strip_prefix("http://")?;
        let secret = match self.kind {
            Kind::DynamicMedia => "password",
            Kind::Atlan => "token",
        };
        (!is_this_machine(rest)).then(|| {
            format!(
                "the {secret} goes to {} unencrypted, and whoever is on the way can read it; write \
                 https:// if the server has it",
                self.url
            )
        })
    }

    /// The profile of checked settings; `None` if they lack what every profile has.
    pub(super) fn of(name: &str, settings: &Settings) -> Option<Self> {
        let owned = |key| text(settings, key).map(str::to_owned);
        let secret = ["password", "token"]
            .iter()
            .find_map(|key| match &settings.get(*key)?.raw {
                Raw::Secret(source) => Some(source.clone()),
                Raw::Text(_) | Raw::Flag(_) | Raw::Number(_) => None,
            });
        Some(Self {
            name: name.to_owned(),
            kind: Kind::of(settings, "kind")?,
            url: owned("url")?,
            user: owned("user").unwrap_or_default(),
            secret: secret?,
            company: owned("company"),
            certificate_status_field: owned("certificate_status_field"),
            certificate_message_field: owned("certificate_message_field"),
            image_server: owned("image_server"),
            unversioned_header: flag(settings, "unversioned_header"),
            batch_size: number(settings, "batch_size"),
            concurrency: number(settings, "concurrency"),
            requests_per_minute: number(settings, "requests_per_minute"),
            timeout_s: number(settings, "timeout_s")?,
            page_size: number(settings, "page_size"),
            check_before: flag(settings, "check_before"),
            read_back: flag(settings, "read_back"),
            read_back_wait_s: number(settings, "read_back_wait_s")?,
            canary: number(settings, "canary"),
            canary_then: CanaryThen::of(settings, "canary_then")?,
            stop_after: text(settings, "stop_after").and_then(StopAfter::read),
            confirm: Confirm::of(settings, "confirm")?,
            reports: text(settings, "reports") == Some("auto"),
            reports_dir: owned("reports_dir"),
            guard_formulas: flag(settings, "guard_formulas"),
            environment: owned("environment").unwrap_or_default(),
            read_only: flag(settings, "read_only"),
            review: Review::of(settings, "review")?,
            author: owned("author").unwrap_or_default(),
        })
    }
}

impl Interface {
    /// The interface of checked settings; `None` if a default is missing.
    pub(super) fn of(settings: &Settings) -> Option<Self> {
        Some(Self {
            theme: text(settings, "theme")?.to_owned(),
            colour: Colour::of(settings, "colour")?,
            keymap: Keymap::of(settings, "keymap")?,
            mouse: flag(settings, "mouse"),
            title: flag(settings, "title"),
            bell: flag(settings, "bell"),
            images: Images::of(settings, "images")?,
            borders: Borders::of(settings, "borders")?,
            menu_delay_ms: number(settings, "menu_delay_ms")?,
        })
    }
}

pub(super) fn text<'a>(settings: &'a Settings, key: &str) -> Option<&'a str> {
    match &settings.get(key)?.raw {
        Raw::Text(text) => Some(text),
        Raw::Flag(_) | Raw::Number(_) | Raw::Secret(_) => None,
    }
}

fn flag(settings: &Settings, key: &str) -> bool {
    matches!(settings.get(key), Some(setting) if setting.raw == Raw::Flag(true))
}

fn number(settings: &Settings, key: &str) -> Option<u32> {
    match settings.get(key)?.raw {
        Raw::Number(number) => Some(number),
        Raw::Text(_) | Raw::Flag(_) | Raw::Secret(_) => None,
    }
}

/// Whether an address without its scheme leads to this machine.
fn is_this_machine(address: &str) -> bool {
    let host = address.split('/').next().unwrap_or("");
    let host = match host.strip_prefix('[') {
        Some(host) => host.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
