//! Terminals: sizes, colours, hostile text.

use armarius::{
    domain::{Value, Workbench},
    ui::{
        app::Setup,
        session::{Session, World, asset, identity},
        theme::{Borders, Theme},
    },
};
use ratatui::{layout::Size, style::Color};

use super::library;

const SIZES: [(u16, u16); 10] = [
    (0, 0),
    (1, 1),
    (59, 15),
    (60, 16),
    (80, 24),
    (89, 20),
    (90, 30),
    (120, 36),
    (250, 80),
    (60, 200),
];

const PLACES: [&str; 14] = [
    "j",
    "v j j",
    "/ nothing:",
    "/ zzz",
    "s",
    "z s",
    "z c",
    "f",
    "<Enter>",
    "g m",
    "s A",
    "s q",
    "s p",
    "2",
];

#[test]
fn every_layer_draws_at_every_size_and_the_same_state_draws_the_same_cells() {
    for borders in [Borders::Line, Borders::Ascii, Borders::None] {
        for keys in PLACES {
            let mut setup = Setup::new(Workbench::new(), identity());
            setup.theme.borders = borders;
            let mut session = Session::with(setup, library::world());
            session.press(keys).wait(500);
            for (width, height) in SIZES {
                session.resize(width, height);
                let (one, two) = (session.cells(), session.cells());
                assert!(one == two, "{keys} at {width}x{height}");
            }
            session.resize(80, 24);
            assert!(session.line(0).contains("[PROD]"), "{keys}");
        }
    }
}

#[test]
fn a_terminal_that_is_too_small_says_what_it_needs_and_still_leaves() {
    let mut session = Session::new(library::world(), 52, 12);
    assert_eq!(session.line(0), "too small: 52x12, need 60x16");
    session.press("q");
    assert!(session.effects.contains(&armarius::flow::Effect::Quit));
}

#[test]
fn without_colour_the_screen_says_the_same() {
    let walk = |session: &mut Session| {
        session.press("j <Space> / type:image <Space> season:AW26 <Enter> v j j");
        session.screen()
    };
    let coloured = walk(&mut Session::new(library::world(), 120, 36));
    let mut setup = Setup::new(Workbench::new(), identity());
    setup.theme = Theme::monochrome();
    setup.size = Size::new(120, 36);
    let mut plain = Session::with(setup, library::world());
    assert_eq!(walk(&mut plain), coloured);
    for cell in plain.cells().content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{cell:?}");
    }
}

#[test]
fn no_byte_of_a_hostile_asset_acts_on_the_terminal() {
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\t\r\n\u{202e}txt.exe\u{200b}\u{e0041}";
    let long = "x".repeat(10_000);
    let mut world = library::world();
    for (number, name) in [
        hostile,
        &long,
        "🧥 زي العربية 東京コート",
        "e\u{301}e\u{301}",
    ]
    .iter()
    .enumerate()
    {
        let mut asset = asset(
            name,
            hostile,
            &[("Title", hostile), ("Season", &long), ("Rights", name)],
        );
        asset.id = format!("{hostile}{number}").as_str().into();
        asset.locked = Some(hostile.into());
        asset
            .fields
            .push(("Keywords".into(), Value::list([hostile, &long])));
        world.assets.insert(number, asset);
    }
    world.capabilities.library = hostile.into();
    for (width, height) in [(80, 24), (120, 36)] {
        let mut session = Session::new(World { ..world.clone() }, width, height);
        for keys in [
            "z s type <Enter> g g",
            "<Space>",
            "d",
            "z w",
            "<Enter>",
            "d",
            "<Esc> f",
            "<Esc> l , G ,",
            "s r / owned",
        ] {
            session.press(keys);
            for cell in session.cells().content {
                let hidden = cell
                    .symbol()
                    .chars()
                    .any(armarius::domain::text::needs_showing);
                assert!(!hidden, "{keys}: {:?}", cell.symbol());
            }
        }
    }
}
