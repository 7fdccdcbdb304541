//! Stories of the dialogs that look back: what they show when there is nothing to do.

use crate::{
    domain::{RunId, revert::Reversal},
    ui::{component::Step, session::Session},
};

use super::*;

fn nothing_to_do() -> Reversal {
    Reversal {
        run: RunId::numbered(3),
        label: "spring cleaning".into(),
        asked: Vec::new(),
        changes: 0,
        rows: roaring::RoaringBitmap::new(),
        already: 12,
        staged: 0,
        not_written: 0,
        stays: Vec::new(),
    }
}

#[test]
fn a_run_that_is_taken_back_already_has_nothing_left_to_stage() {
    let session = Session::listing(&["a"]);
    let scene = session.app.scene();
    let mut dialog = Revert::new(nothing_to_do(), scene.workbench.draft());
    let enter = crate::ui::action::Action::Answer(crate::ui::action::Answer::Accept);
    let reaction = crate::ui::component::Component::on_action(&mut dialog, enter, "", &scene);
    let Reaction::Taken(steps) = reaction else {
        panic!("{reaction:?}")
    };
    let [Step::Close, Step::Say(said)] = steps.as_slice() else {
        panic!("{steps:?}")
    };
    assert_eq!(said, "Nothing of R-0003 was staged.");
}

#[test]
fn a_run_nobody_knows_is_not_read_again() {
    let session = Session::listing(&["a"]);
    let scene = session.app.scene();
    let said = |reaction| match reaction {
        Reaction::Taken(steps) => format!("{steps:?}"),
        Reaction::Passed => String::new(),
    };
    assert!(said(reverting("R-0009", None, &scene)).contains("There is no run R-0009"));
    assert!(said(reverting("", None, &scene)).contains("No run is meant here"));
    let points = (Point::Before(RunId::numbered(9)), Point::Now);
    assert!(said(comparing(points, &scene)).contains("There is no run R-0009"));
}
