//! Where keys are in force, and the menus of keys that begin alike.

/// Where a key is in force. A component names its contexts, most particular first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere but in text fields and questions.
    Anywhere,
    /// Wherever rows are listed.
    List,
    /// The Browse screen.
    Browse,
    /// Browse while a range is being marked.
    Range,
    /// The Staged screen.
    Staged,
    /// The Review screen.
    Review,
    /// The Results screen.
    Results,
    /// The Results screen while a run goes on.
    Run,
    /// The History screen.
    History,
    /// Any text field.
    Input,
    /// Any dialog.
    Dialog,
    /// The edit dialog.
    Edit,
    /// The thumbnail dialog.
    Thumbnail,
    /// The certificate dialog.
    Certificate,
    /// The preview of a dialog.
    Preview,
    /// The submit plan.
    Plan,
}

impl Context {
    /// All contexts.
    pub const ALL: [Self; 16] = [
        Self::Anywhere,
        Self::List,
        Self::Browse,
        Self::Range,
        Self::Staged,
        Self::Review,
        Self::Results,
        Self::Run,
        Self::History,
        Self::Input,
        Self::Dialog,
        Self::Edit,
        Self::Thumbnail,
        Self::Certificate,
        Self::Preview,
        Self::Plan,
    ];

    /// The word for it in help and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anywhere => "everywhere",
            Self::List => "lists",
            Self::Browse => "Browse",
            Self::Range => "range",
            Self::Staged => "Staged",
            Self::Review => "Review",
            Self::Results => "Results",
            Self::Run => "run",
            Self::History => "History",
            Self::Input => "text fields",
            Self::Dialog => "dialogs",
            Self::Edit => "edit",
            Self::Thumbnail => "thumbnail",
            Self::Certificate => "certificate",
            Self::Preview => "preview",
            Self::Plan => "submit",
        }
    }
}

/// A menu of keys that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The first key by default.
    pub prefix: char,
    /// The function key that opens it in the preset without letters.
    pub function_key: u8,
    /// What it is for.
    pub title: &'static str,
}

/// The menus, by their first key.
pub const MENUS: [Menu; 6] = [
    Menu {
        prefix: 's',
        function_key: 6,
        title: "select",
    },
    Menu {
        prefix: 'g',
        function_key: 7,
        title: "go",
    },
    Menu {
        prefix: 'z',
        function_key: 8,
        title: "view",
    },
    Menu {
        prefix: 'o',
        function_key: 9,
        title: "operation",
    },
    Menu {
        prefix: 'y',
        function_key: 11,
        title: "copy",
    },
    Menu {
        prefix: 'a',
        function_key: 2,
        title: "actions",
    },
];
