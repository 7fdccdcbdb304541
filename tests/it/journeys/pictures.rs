//! Pictures and thumbnails: asked for when the keys rest, drawn as the terminal can.

use armarius::{
    domain::{FieldKey, Value},
    flow::{Effect, Event},
    ui::session::Session,
};

use super::library;

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 32, image::Rgb([200, 40, 40]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn asked(session: &Session) -> usize {
    session
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Picture { .. }))
        .count()
}

#[test]
fn a_picture_is_asked_for_once_the_cursor_rests_and_drawn_when_it_comes() {
    let mut session = Session::new(library::world(), 120, 36);
    session.press("j j j");
    assert_eq!(asked(&session), 0, "nothing while keys come");
    session.wait(200).wait(200);
    assert_eq!(asked(&session), 1);
    let id = "a|JKT_2200_FRONT".into();
    session.event(Event::Picture {
        asset: id,
        picture: Ok(Some(png())),
    });
    assert!(session.screen().contains('▀'), "{}", session.screen());
    session.press("z i z i");
    let screen = session.screen();
    assert!(screen.contains("64x32, wide, mostly red"), "{screen}");
}

#[test]
fn a_picture_that_can_not_be_read_is_told_in_words() {
    let mut session = Session::new(library::world(), 120, 36);
    session.wait(200);
    let asset = "a|JKT_2200_BACK".into();
    session.event(Event::Picture {
        asset,
        picture: Ok(Some(b"<html>".to_vec())),
    });
    assert!(
        session.screen().contains("no picture: it can't be"),
        "{}",
        session.screen()
    );
    let asset = "a|JKT_2200_BACK".into();
    session.event(Event::Picture {
        asset,
        picture: Ok(None),
    });
    assert!(
        session.screen().contains("no picture"),
        "{}",
        session.screen()
    );
}

#[test]
fn thumbnails_that_cost_a_call_are_asked_for_the_rows_on_the_screen_only() {
    let mut world = library::world();
    world.capabilities.lazy_thumbnails = true;
    for asset in &mut world.assets {
        asset
            .fields
            .retain(|(key, _)| *key != FieldKey::thumbnail());
        asset.fields.push((FieldKey::thumbnail(), Value::Unknown));
    }
    let mut session = Session::new(world, 80, 24);
    session.wait(200);
    let asked: Vec<_> = session
        .effects
        .iter()
        .filter_map(|effect| {
            let Effect::Thumbnails(ids) = effect else {
                return None;
            };
            Some(ids.len())
        })
        .collect();
    assert_eq!(asked, [17]);
    let thumbnail = Value::Asset {
        id: "t".into(),
        name: "T".into(),
    };
    session.event(Event::Values(vec![(
        "a|JKT_2200_BACK".into(),
        FieldKey::thumbnail(),
        thumbnail,
    )]));
    assert!(session.line(4).contains("V  y"), "{}", session.line(4));
}
