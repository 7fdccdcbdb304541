//! Stories of the draft as a diff: folding, the odd ones, taking out and back in.

use ratatui::layout::Size;

use crate::{
    domain::{
        Asset, Edit, Field, FieldKind, Schema, Value, Workbench,
        workbench::{Asked, Command, Rest},
    },
    flow::Event,
    ui::{
        app::Setup,
        component::ScreenId,
        session::{Session, World, asset, capable, identity},
    },
};

/// Twelve jackets: ten without rights, two with another spelling; keywords on all.
fn jackets() -> World {
    let rights = |n: usize| if n < 10 { "" } else { "ACME retail" };
    let jacket = |n: usize| {
        let mut one = asset(&format!("JKT_{n:02}"), "Image", &[("Rights", rights(n))]);
        let tags = Value::list(["outer", "blue"]);
        one.fields.push(("Keywords".into(), tags));
        one
    };
    let assets: Vec<Asset> = (0..12).map(jacket).collect();
    let fields = vec![
        Field::plain("Rights", FieldKind::Text),
        Field::plain("Keywords", FieldKind::Tags),
    ];
    World::new(Schema { fields }, assets)
}

fn rights() -> Session {
    let mut session = Session::new(jackets(), 120, 36);
    session
        .press("s a : set <Space>")
        .type_text("Rights Acme Retail");
    session.press("<Enter> 2");
    session
}

#[test]
fn nothing_staged_says_how_to_begin() {
    let mut session = Session::new(jackets(), 80, 24);
    session.press("2");
    let screen = session.screen();
    assert!(
        screen.contains("Nothing staged. Mark assets (Space), then e."),
        "{screen}"
    );
    session.press("3");
    assert!(
        session.screen().contains("Nothing to review"),
        "{}",
        session.screen()
    );
}

#[test]
fn equal_changes_fold_into_one_line_and_enter_lists_them_all() {
    let mut session = rights();
    let screen = session.screen();
    assert!(
        screen.contains("12 changes on 12 assets, 1 field"),
        "{screen}"
    );
    assert!(
        screen.contains("+ Rights  10 assets") && screen.contains("~ Rights  2 assets"),
        "{screen}"
    );
    assert!(!screen.contains("JKT_09"), "{screen}");
    session.press("<Tab> <Enter>");
    assert!(
        session.screen().contains("    JKT_09"),
        "{}",
        session.screen()
    );
    session.press("<Enter>");
    assert!(
        !session.screen().contains("    JKT_09"),
        "{}",
        session.screen()
    );
}

#[test]
fn one_asset_is_taken_out_and_undo_brings_it_back() {
    let mut session = rights();
    session.press("<Tab> <Enter> j j j j x");
    assert_eq!(session.said(), "Took 1 change out of the draft.  u undo");
    assert_eq!(session.app.workbench().draft().changes(), 11);
    assert!(!session.app.workbench().draft().rows().contains(1));
    session.press("u");
    assert_eq!(session.app.workbench().draft().changes(), 12);
    session.press("U");
    assert_eq!(session.app.workbench().draft().changes(), 11);
}

#[test]
fn a_whole_fold_and_a_whole_group_are_taken_out_with_space() {
    let mut session = rights();
    session.press("<Tab> <Space>");
    assert_eq!(session.app.workbench().draft().changes(), 2);
    session.press("<Esc> <Space>");
    assert!(session.app.workbench().draft().is_empty());
    assert!(
        session.screen().contains("Nothing staged."),
        "{}",
        session.screen()
    );
}

#[test]
fn groups_turn_from_edits_to_assets_to_fields() {
    let mut session = rights();
    session
        .press("1 : add-tag <Space>")
        .type_text("Keywords outerwear");
    session.press("<Enter> 2");
    let screen = session.screen();
    assert!(
        screen.contains("1 Rights set") && screen.contains("2 Keywords +outerwear"),
        "{screen}"
    );
    session.press("]");
    let screen = session.screen();
    assert!(
        screen.contains("> JKT_00") && screen.contains("by asset"),
        "{screen}"
    );
    assert!(
        screen.contains("+ outerwear") && screen.contains("+ Acme Retail"),
        "{screen}"
    );
    session.press("]");
    assert!(
        session.screen().contains("Rights   2 different changes"),
        "{}",
        session.screen()
    );
}

#[test]
fn a_group_counts_and_takes_out_only_what_it_contributes() {
    let mut session = Session::new(jackets(), 120, 36);
    session.press("s a : set <Space>").type_text("Rights Foo");
    session
        .press("<Enter> s n s p")
        .type_text("JKT_03 JKT_04 JKT_05");
    session
        .press("<Enter> : set <Space>")
        .type_text("Rights Acme Retail");
    session.press("<Enter> 2");
    let screen = session.screen();
    assert!(screen.contains("12 changes on 12 assets"), "{screen}");
    assert!(screen.contains("2 Staged 12"), "{screen}");
    assert!(
        screen.contains("1 Rights set \"Foo\" (3 overridden)"),
        "{screen}"
    );
    let note = "Also overridden in 3 changes by 2; those are counted there.";
    assert!(screen.contains(note), "{screen}");
    let draft = session.app.workbench().draft();
    let own: Vec<u64> = draft
        .contributions()
        .iter()
        .map(|one| one.own.len())
        .collect();
    assert_eq!(own, [9, 3]);
    session.press("x");
    assert_eq!(session.said(), "Took 9 changes out of the draft.  u undo");
    let draft = session.app.workbench().draft();
    assert_eq!(draft.rows().iter().collect::<Vec<_>>(), [3, 4, 5]);
    let kept = draft.of(4, &"Rights".into()).unwrap();
    assert_eq!(kept.after, Value::text("Acme Retail"));
}

#[test]
fn a_step_of_which_nothing_is_left_says_what_overrides_it() {
    let mut session = rights();
    session.press("1 : set <Space>").type_text("Rights Other");
    session.press("<Enter> 2");
    let screen = session.screen();
    assert!(
        screen.contains("Nothing of this step is sent by itself"),
        "{screen}"
    );
    session.press("x");
    assert_eq!(
        session.said(),
        "There is nothing to take out: this step is overridden in 12 changes by 2."
    );
}

#[test]
fn what_the_server_changed_meanwhile_comes_first_with_both_values() {
    let mut session = rights();
    let outside = ("a|JKT_05".into(), "Rights".into(), Value::text("Agency X"));
    session.event(Event::Values(vec![outside]));
    let screen = session.screen();
    assert!(screen.contains("? drifted 1"), "{screen}");
    let drifted = screen.find("it has Agency X now").unwrap();
    assert!(
        drifted < screen.find("Rights  9 assets").unwrap(),
        "{screen}"
    );
    session.press(")");
    assert!(
        session.screen().contains("> + Rights  JKT_05"),
        "{}",
        session.screen()
    );
}

#[test]
fn what_drifted_is_not_known_before_the_stored_listing_is_open() {
    let mut before = rights();
    let mut bench = Workbench::new();
    bench.await_rest();
    bench.absorb_connection(capable(), jackets().schema);
    bench.replay_all(before.app.workbench().log().to_vec());
    let mut setup = Setup::new(bench, identity());
    setup.size = Size::new(120, 36);
    let mut session = Session::idle(setup, jackets());
    session.answers = false;
    session.press("2");
    let screen = session.screen();
    assert!(screen.contains("12 changes on 12 assets"), "{screen}");
    assert!(screen.contains("? drifted ..   E refused .."), "{screen}");
    let outside = ("a|JKT_05".into(), "Rights".into(), Value::text("Agency X"));
    before.event(Event::Values(vec![outside]));
    session.event(Event::Restored(Box::new(Rest {
        listing: before.app.workbench().listing.clone(),
        just_over: Vec::new(),
        listed_ms: Some(5),
    })));
    let screen = session.screen();
    assert!(screen.contains("? drifted 1 "), "{screen}");
    assert!(!screen.contains("refused .."), "{screen}");
}

#[test]
fn what_takes_a_value_away_is_looked_at_before_what_gives_one() {
    let mut session = Session::new(jackets(), 80, 24);
    session.press("s a : clear <Space>").type_text("Rights");
    session.press("<Enter> 2");
    let screen = session.screen();
    assert!(
        screen.contains("- clear 2") && screen.contains("! takes the value away"),
        "{screen}"
    );
}

#[test]
fn review_shows_the_same_and_takes_nothing_out() {
    let mut session = rights();
    session.press("3 x <Space>");
    assert_eq!(session.app.workbench().draft().changes(), 12);
    assert!(
        session.screen().contains("Read-only   12 changes"),
        "{}",
        session.screen()
    );
}

#[test]
fn e_opens_the_dialog_on_the_group_and_leaves_the_marks() {
    let mut session = rights();
    let marked = session.app.workbench().marks().len();
    session.press("2 <Tab> e");
    assert_eq!(session.app.workbench().marks().len(), marked);
    assert!(
        session.screen().contains("Edit 10 assets"),
        "{}",
        session.screen()
    );
    assert_eq!(session.app.screen(), ScreenId::Staged);
    assert!(session.screen().contains("EDIT"), "{}", session.screen());
}

#[test]
fn every_size_shows_the_group_and_its_diff() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut session = rights();
        session.resize(width, height);
        assert!(
            session.screen().contains("> 1 Rights set"),
            "{}",
            session.screen()
        );
        session.press("<Tab>");
        assert!(
            session.screen().contains("+ Acme Retail"),
            "{}",
            session.screen()
        );
        assert!(session.cursor().is_some());
    }
}

#[test]
fn hostile_text_is_shown_and_never_acts() {
    let mut world = jackets();
    world.assets[0].name = "JKT\u{1b}[2J\u{202e}".into();
    let mut session = Session::new(world, 80, 24);
    session.press("s a : set <Space>").type_text("Rights a");
    session.press("<Enter> 2 ] <Tab>");
    assert!(
        session.screen().contains("JKT␛[2J<U+202E>"),
        "{}",
        session.screen()
    );
}

#[test]
fn a_draft_of_many_assets_draws_only_what_is_seen() {
    let jacket = |n: u32| asset(&format!("A{n:06}"), "Image", &[]);
    let mut world = jackets();
    world.assets = (0..50_000).map(jacket).collect();
    let mut session = Session::new(world, 80, 24);
    session.press("s a : set <Space>").type_text("Rights Acme");
    session.press("<Enter> 2 <Tab> <Enter> G");
    assert!(session.screen().contains("A049999"), "{}", session.screen());
    session.press("x");
    assert_eq!(session.app.workbench().draft().changes(), 49_999);
}

#[test]
fn a_change_refused_by_a_rule_that_came_later_is_told_before_the_plan() {
    let mut session = rights();
    let mut world = jackets();
    world.schema.fields[0] = Field::locked("Rights", FieldKind::Text, "kept by Legal");
    session.event(Event::Connected {
        capabilities: Box::new(world.capabilities),
        schema: world.schema,
    });
    let screen = session.screen();
    assert!(
        screen.contains("E would not be sent: Rights can't be edited: kept by Legal"),
        "{screen}"
    );
}

#[test]
fn a_command_stages_the_same_as_the_workbench_would() {
    let mut session = rights();
    let mut other = Session::new(jackets(), 80, 24);
    other.press("s a");
    let rows = other.app.workbench().marks().clone();
    let edit = Edit::Set(Value::text("Acme Retail"));
    let asked = vec![Asked {
        field: "Rights".into(),
        edit,
        rows,
    }];
    let mut bench = other.app.workbench().clone();
    let command = Command::Stage {
        label: String::new(),
        asked,
    };
    bench
        .apply(&command, crate::domain::Stamp::default())
        .unwrap();
    let typed: Vec<_> = session
        .app
        .workbench()
        .draft()
        .all(&bench.listing)
        .collect();
    assert_eq!(typed, bench.draft().all(&bench.listing).collect::<Vec<_>>());
    session.press("u");
    assert!(session.app.workbench().draft().is_empty());
}
