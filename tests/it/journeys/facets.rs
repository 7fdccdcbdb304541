//! Facets write into the filter.

use armarius::ui::session::Session;

use super::library;

#[test]
fn a_facet_value_narrows_and_shows_counts_for_what_the_others_leave() {
    let mut session = Session::new(library::world(), 80, 24);
    session.press("f / ss26 <Space>");
    assert!(
        session.screen().contains("[x] SS26"),
        "{}",
        session.screen()
    );
    session.press("<Esc> <Esc>");
    assert!(
        session.line(2).contains("season=\"SS26\""),
        "{}",
        session.line(2)
    );
    assert!(session.line(2).contains("60 of 372"), "{}", session.line(2));
    session.press("f / aw26 <Space> <Esc> <Esc>");
    assert!(session.line(2).contains("season:~"), "{}", session.line(2));
    assert!(
        session.line(2).contains("372 of 372"),
        "{}",
        session.line(2)
    );
}

#[test]
fn values_are_excluded_and_the_empty_one_is_a_value_too() {
    let mut session = Session::new(library::world(), 120, 36);
    session.press("f / acme <Enter>");
    session.press("<Esc>").press("0");
    let place = session
        .screen()
        .lines()
        .position(|line| line.contains("(empty)"));
    assert!(place.is_some(), "{}", session.screen());
    session.press("<Ctrl+c> f / (empty) <Space> <Esc> <Esc>");
    assert!(session.line(2).contains("-has:"), "{}", session.line(2));
}
