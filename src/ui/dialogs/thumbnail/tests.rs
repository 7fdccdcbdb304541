//! Journeys through the thumbnail dialog, in keys and screens.

use crate::{
    domain::{Asset, Field, FieldKey, FieldKind, Offer, Schema, Value},
    flow::{Effect, Event},
    ui::session::{Session, World, asset},
};

/// Nine assets without a thumbnail, and what a rule on their names finds.
fn world() -> World {
    let wanting = [
        ("JKT_2202_BACK", "Image"),
        ("JKT_2202_DET1", "Image"),
        ("JKT_2203_FRONT", "Image"),
        ("JKT_2205_BACK", "Image"),
        ("JKT_2205_FRONT", "Image"),
        ("JKT_2209_FRONT", "Image"),
        ("JKT_2210_SPINSET", "ImageSet"),
        ("JKT_2211_SPINSET", "ImageSet"),
        ("JKT_2212_SPINSET", "ImageSet"),
    ];
    let others = [
        ("JKT_2202_FRONT", "Image"),
        ("JKT_2202_MOV", "Video"),
        ("JKT_2210_FRONT", "Image"),
        ("JKT_2212_FRONT", "Image"),
    ];
    let mut assets: Vec<Asset> = wanting
        .iter()
        .map(|(name, kind)| asset(name, kind, &[]))
        .collect();
    for (name, kind) in others {
        let mut other = asset(name, kind, &[]);
        let thumbnail = Value::Asset {
            id: other.id.clone(),
            name: name.into(),
        };
        other.fields.push((FieldKey::thumbnail(), thumbnail));
        assets.push(other);
    }
    let mut twin = asset("JKT_2212_FRONT", "AdjustedView", &[]);
    twin.id = "a|twin".into();
    twin.fields.push((
        FieldKey::thumbnail(),
        Value::Asset {
            id: "a|x".into(),
            name: "x".into(),
        },
    ));
    assets.push(twin);
    let schema = Schema {
        fields: vec![Field::plain("Season", FieldKind::Text)],
    };
    let mut world = World::new(schema, assets);
    world.capabilities.thumbnail_types = vec!["Image".into(), "AdjustedView".into(), "Mask".into()];
    world
}

fn by_rule(session: &mut Session) {
    session
        .press("/")
        .type_text("-has:thumb")
        .press("<Enter> s a t m");
    session.type_text("${name|strip:_BACK}_FRONT");
}

fn thumbnail(session: &Session, name: &str) -> Option<Value> {
    let bench = session.app.workbench();
    let row = bench.listing.named(name).min().unwrap();
    bench
        .draft()
        .of(row, &FieldKey::thumbnail())
        .map(|group| group.after.clone())
}

#[test]
fn a_rule_counts_what_is_ready_to_pick_missing_and_own() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut session = Session::new(world(), width, height);
        by_rule(&mut session);
        let screen = session.screen();
        if width > 60 {
            assert!(
                screen.contains("4 ready  1 to pick  1 missing  3 own"),
                "{screen}"
            );
        }
        let short = "Stages 4, 5 once you pick. Left out: 3 own, 1 missing.";
        let long = "Will stage 4 thumbnail changes, 5 once you pick.";
        assert!(
            screen.contains(if width > 60 { long } else { short }),
            "{screen}"
        );
        session.press("<Ctrl+s>");
        assert!(
            session.said().starts_with("Staged 4 changes on 4 assets"),
            "{}",
            session.said()
        );
    }
}

#[test]
fn what_is_missing_or_found_twice_is_never_guessed() {
    let mut session = Session::new(world(), 120, 36);
    by_rule(&mut session);
    let screen = session.screen();
    assert!(screen.contains("no JKT_2211_FRONT"), "{screen}");
    assert!(screen.contains("2 candidates"), "{screen}");
    session.press("<Ctrl+s>");
    assert_eq!(thumbnail(&session, "JKT_2212_SPINSET"), None);
    let front = Value::Asset {
        id: "a|JKT_2202_FRONT".into(),
        name: "JKT_2202_FRONT".into(),
    };
    assert_eq!(thumbnail(&session, "JKT_2202_DET1"), Some(front));
}

#[test]
fn enter_picks_one_of_several() {
    let mut session = Session::new(world(), 80, 24);
    by_rule(&mut session);
    session.press("<Enter> G <Enter>");
    let screen = session.screen();
    assert!(
        screen.contains("2 assets of that name: pick one"),
        "{screen}"
    );
    session.press("<Enter>");
    assert!(session.screen().contains("5 ready"), "{}", session.screen());
    session.press("<Ctrl+s>");
    assert!(
        session.said().starts_with("Staged 5 changes"),
        "{}",
        session.said()
    );
}

#[test]
fn a_video_is_shown_as_refused_with_the_allowed_types() {
    let mut session = Session::new(world(), 120, 36);
    session.press("s a t / JKT_2202_MOV <Enter>");
    let screen = session.screen();
    assert!(screen.contains("Video refused"), "{screen}");
    assert!(
        screen.contains("Allowed: Image, AdjustedView, Mask"),
        "{screen}"
    );
    session.press("<Enter>");
    assert!(
        session.said().contains("a Video can't be a thumbnail"),
        "{}",
        session.said()
    );
    session.press("<Ctrl+s>");
    assert!(
        session.said().starts_with("Nothing to stage"),
        "{}",
        session.said()
    );
}

#[test]
fn one_image_for_all_leaves_the_image_itself_alone() {
    let mut session = Session::new(world(), 80, 24);
    session
        .press("/")
        .type_text("-has:thumb")
        .press("<Enter> s a t / JKT_2203_FRONT <Enter> <Enter>");
    assert!(
        session.said().contains("8 ready  1 own"),
        "{}",
        session.said()
    );
    session.press("<Ctrl+s>");
    assert!(
        session
            .said()
            .starts_with("Staged 8 changes on 8 assets: thumbnail JKT_2203_FRONT")
    );
}

#[test]
fn a_mistake_in_the_rule_has_a_place_and_stages_nothing() {
    let mut session = Session::new(world(), 80, 24);
    session.press("s a t m").type_text("x${nmae}");
    assert!(
        session.screen().contains("^ there is no field `nmae`"),
        "{}",
        session.screen()
    );
    session.press("<Ctrl+s>");
    assert!(
        session.said().starts_with("Nothing was staged"),
        "{}",
        session.said()
    );
}

#[test]
fn the_picture_of_the_choice_is_asked_for_and_told_in_words() {
    let mut session = Session::new(world(), 120, 36);
    by_rule(&mut session);
    session.press("<Enter> g g");
    session.take_effects();
    session.wait(500);
    let id = "a|JKT_2202_FRONT";
    let asked = |effect: &Effect| matches!(effect, Effect::Picture { asset, .. } if asset.id.as_str() == id);
    assert!(session.effects.iter().any(asked), "{:?}", session.effects);
    session.event(Event::Picture {
        asset: id.into(),
        picture: Ok(None),
    });
    assert!(
        session.screen().contains("no picture"),
        "{}",
        session.screen()
    );
}

#[test]
fn where_thumbnails_are_not_offered_the_key_says_why() {
    let mut world = world();
    world.capabilities.thumbnails = Offer::No("Atlan assets have no thumbnail".into());
    let mut session = Session::new(world, 80, 24);
    session.press("t");
    assert_eq!(
        session.said(),
        "No thumbnails here: Atlan assets have no thumbnail."
    );
}

#[test]
fn esc_keeps_rule_and_picks_for_the_same_assets() {
    let mut session = Session::new(world(), 80, 24);
    by_rule(&mut session);
    session.press("<Esc> t");
    assert!(
        session.screen().contains("strip:_BACK"),
        "{}",
        session.screen()
    );
}

#[test]
fn the_key_of_the_mode_turns_it_and_writes_nothing_as_long_as_no_rule_is_begun() {
    let mut session = Session::new(world(), 120, 36);
    session.press("s a t m");
    assert!(session.screen().contains("(o) by rule"));
    session.press("m");
    let screen = session.screen();
    assert!(screen.contains("(o) pick one by one"), "{screen}");
    session.press("m m").type_text("${name}m");
    let screen = session.screen();
    assert!(screen.contains("${name}m"), "{screen}");
    assert!(screen.contains("F9 changes"), "{screen}");
    session.press("<F9>");
    assert!(session.screen().contains("(o) pick one by one"));
}
