//! Text that would act on a terminal or deceive the eye: it is kept exactly, shown harmlessly,
//! and edited and sent like any other.

use serde_json::{Value as Json, json};

use crate::support::{Audit, BOTH, Desk, Library, Terminal};

/// Text of the library that XML can carry.
const CARRIED: [(&str, &str, &str); 6] = [
    (
        "h-1",
        "C1 \u{9b}31mred\u{9d}0;owned\u{9c}",
        "\u{9b}2J\u{90}q\u{9c}",
    ),
    (
        "h-2",
        "abc\u{202e}gnp.exe",
        "\u{2066}isolated\u{2069}\u{200f}",
    ),
    (
        "h-3",
        "family \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{1f9d1}\u{1f3fd}\u{200d}\u{1f680}",
    ),
    ("h-4", "tab\there", "two\nlines\tand a tab"),
    (
        "h-5",
        "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}algo",
        "e\u{301}\u{301}\u{301}",
    ),
    (
        "h-6",
        "delete \u{7f}\u{7f}",
        "<b>&amp;]]></b> '\"`$(id)` %s {0}",
    ),
];

/// Text it can't.
const FORBIDDEN: [(&str, &str, &str); 2] = [
    (
        "h-7",
        "clear \u{1b}[2J\u{1b}[H\u{1b}[31;44;5m",
        "\u{1b}]52;c;b3duZWQ=\u{7}",
    ),
    (
        "h-8",
        "title \u{1b}]0;owned\u{7}",
        "\u{0}nul \u{8}\u{8}\u{8}back \u{1b}P1;2q\u{1b}\\",
    ),
];

fn long() -> (String, String) {
    ("L".repeat(10_000), "\u{1f4da}".repeat(10_000))
}

fn library() -> Library {
    let (name, note) = long();
    let known = CARRIED.iter().chain(&FORBIDDEN);
    let mut rows: Vec<Json> = known
        .map(|(id, name, note)| json!({"id": id, "title": name, "note": note}))
        .collect();
    rows.push(json!({"id": "h-9", "title": name, "note": note}));
    Library::of(&rows)
}

/// Whether a character acts on a terminal or changes the order of what is read.
fn acts(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Insists that text for people has nothing that acts.
#[track_caller]
fn is_harmless(text: &str) {
    let found = text.chars().find(|character| acts(*character));
    assert_eq!(
        found,
        None,
        "in {:?}",
        text.chars().take(4000).collect::<String>()
    );
}

#[test]
fn a_table_shows_what_is_there_and_lets_nothing_of_it_act() {
    let library = library();
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let listed = desk
            .on(profile, &["list", "--fields", "title,note"])
            .ends(0);
        is_harmless(&listed.out);
        is_harmless(&listed.said);
        let listed = listed
            .shows("abc<U+202E>gnp.exe")
            .shows("tab␉here")
            .shows("two⏎lines");
        let longest = listed.out.lines().map(|line| line.chars().count()).max();
        assert!(longest < Some(400), "{longest:?}");
    }
    let listed = desk.on("rest", &["list", "--fields", "title,note"]).ends(0);
    listed
        .shows("clear ␛[2J␛[H")
        .shows("␛]0;owned␇")
        .shows("␀nul ␈␈␈back");
}

#[test]
fn data_formats_keep_every_character() {
    let library = library();
    let desk = Desk::for_library(&library);
    let listed = desk
        .on("rest", &["list", "--format", "jsonl", "--fields", "note"])
        .ends(0);
    let assets = listed.json_lines();
    assert_eq!(assets.len(), 9);
    let (name, note) = long();
    let texts = CARRIED
        .iter()
        .chain(&FORBIDDEN)
        .map(|(_, name, note)| (*name, *note));
    for (name, note) in texts.chain([(name.as_str(), note.as_str())]) {
        let found = assets.iter().find(|asset| asset["name"] == name);
        let asset = found.unwrap_or_else(|| panic!("{name:?} is not listed"));
        assert_eq!(asset["fields"]["note"], note);
    }
    let listed = desk
        .on("soap", &["list", "--format", "jsonl", "--fields", "note"])
        .ends(0);
    let assets = listed.json_lines();
    for (id, name, note) in CARRIED {
        let asset = assets.iter().find(|asset| asset["id"] == id).unwrap();
        assert_eq!(
            (&asset["name"], &asset["fields"]["note"]),
            (&name.into(), &note.into())
        );
    }
}

#[test]
fn hostile_values_are_edited_and_sent_like_any_other() {
    let library = library();
    let desk = Desk::for_library(&library);
    let mut wanted: Vec<(&str, String)> = CARRIED
        .iter()
        .map(|(_, name, note)| (*name, (*note).to_owned()))
        .collect();
    for profile in BOTH {
        let ending = format!(" \u{202e}{profile}\u{9b}");
        let append = format!("note={ending}");
        let query = "note:~. -name:~^(clear|title|L)";
        let staged = desk
            .on(profile, &["stage", "--query", query, "--append", &append])
            .ends(0);
        is_harmless(&staged.said);
        for words in [&["draft"][..], &["plan"]] {
            let ran = desk.on(profile, words).ends(0);
            is_harmless(&ran.out);
        }
        let sent = desk
            .on(profile, &["submit", "--yes"])
            .ends(0)
            .shows("6 applied");
        is_harmless(&format!("{}{}", sent.out, sent.said));
        for (name, note) in &mut wanted {
            note.push_str(&ending);
            assert_eq!(
                library.values(name, "note"),
                [note.as_str()],
                "{profile} {name:?}"
            );
        }
        let report = desk.on(profile, &["report", "--format", "md"]).ends(0);
        is_harmless(&report.out);
    }
}

#[test]
fn what_xml_can_not_carry_is_refused_with_words_before_it_is_staged() {
    let library = library();
    let desk = Desk::for_library(&library);
    let bad = "note=before \u{1b}[2J after";
    let stage = ["stage", "--query", "name:delete", "--set", bad];
    for profile in BOTH {
        let told = desk.on(profile, &stage);
        is_harmless(&format!("{}{}", told.out, told.said));
        told.says("note would hold the control character U+001B; take it out");
        desk.on(profile, &["draft"]).ends(0).answers_nothing();
    }
    assert!(library.writes().is_empty());
}

#[test]
fn ten_thousand_characters_are_edited_whole() {
    let library = library();
    let desk = Desk::for_library(&library);
    let (name, note) = long();
    for (number, profile) in BOTH.iter().enumerate() {
        let stage = ["stage", "--query", "name:~^L+$", "--append", "note=!"];
        desk.on(profile, &stage).ends(0).says("1 change");
        desk.on(profile, &["submit", "--yes"]).ends(0);
        let expected = format!("{note}{}", "!".repeat(number + 1));
        assert_eq!(library.values(&name, "note"), [expected.as_str()]);
    }
}

#[test]
fn on_the_screens_not_one_byte_of_theirs_acts() {
    let library = library();
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let append = [
            "stage",
            "--query",
            "note:~.",
            "--append",
            "note=\u{202e}\u{9b}0m",
        ];
        desk.on(profile, &append).ends(0);
        let mut terminal = Terminal::start(&desk, &["-p", profile], (140, 40));
        terminal.shows("abc<U+202E>gnp.exe").shows("1/9");
        for place in 2..=9 {
            terminal.types("j").shows(&format!("{place}/9"));
        }
        terminal
            .types("gg")
            .shows("1/9")
            .types("\r")
            .shows("DETAIL")
            .shows("abc<U+202E>gnp.exe");
        terminal.types("\u{1b}").hides("DETAIL");
        terminal.types("2").shows(">2 Staged");
        // Typed before the new size is drawn, a key would race with it.
        terminal
            .resize((60, 16))
            .until("a screen of 60x16", |screen| {
                let last = screen.lines().nth(15).unwrap_or_default();
                last.trim_end().ends_with("no run in progress") && !screen.contains("5 History")
            });
        terminal.types("1").shows(">1 Browse");
        terminal.resize((140, 40)).shows("Showing 9 of 9");
        terminal.types("q");
        assert_eq!(terminal.ends(), 0);
        terminal.is_clean();
        Audit::of(&terminal.bytes).is_ours();
    }
}
