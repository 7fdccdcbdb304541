//! Browse: filter, mark, order, look.

use armarius::{
    flow::{Effect, Event},
    ui::{
        app::Setup,
        component::ScreenId,
        keymap::{Keymap, Preset},
        session::{Session, identity},
    },
};

use super::library;

fn session() -> Session {
    Session::new(library::world(), 80, 24)
}

fn status(session: &mut Session) -> String {
    session.line(23)
}

#[test]
fn the_list_shows_cursor_marks_values_and_where_it_is() {
    let mut session = Session::new(library::world(), 80, 16);
    session.press("j <Space> / type:image <Space> season:AW26 <Enter>");
    insta::assert_snapshot!(session.screen(), @r#"
     armarius prod-dmc  IpsCompanyAdmin akim  AW26 rights fix                 [PROD]
    >1 Browse<  2 Staged   3 Review   4 Results   5 Hist              : cmd  ? help
     / type:image season:AW26                                  300 of 372  name asc
      mst Name                            Type    Season  Rights      Ct Th Modified
          JKT_2200_BACK                   Image   AW26    (empty)     V  -  11-01
      *   JKT_2200_DET1                   Image   AW26    Acme Retail -  y  11-02
    >     JKT_2200_DET2                   Image   AW26    Acme Retail -  y  11-03
          JKT_2200_FRONT                  Image   AW26    (empty)     -  y  11-04
          JKT_2200_SPIN01                 Image   AW26    Acme Retail -  -  11-05
          JKT_2200_SWATCH                 Image   AW26    Acme Retail X  y  11-06
          JKT_2201_BACK                   Image   AW26    (empty)     -  y  11-07
          JKT_2201_DET1                   Image   AW26    Acme Retail -  y  11-08
          JKT_2201_DET2                   Image   AW26    Acme Retail -  -  11-09
    
     NORMAL  Space mark  v range  s select..  / filter  e edit  t thumbnail
     3/300  marked 1                                             no run in progress
    "#);
}

#[test]
fn everything_without_rights_is_found_and_marked_and_survives_filter_and_sort() {
    let mut session = session();
    session.press("/ type:image <Space> season:AW26 <Space> -has:right");
    assert!(
        session.line(2).contains("not read; the rows are as before"),
        "{}",
        session.screen()
    );
    session.press("s <Enter> s a");
    assert!(
        session.line(2).contains("100 of 372"),
        "{}",
        session.screen()
    );
    assert_eq!(session.said(), "Marked 100 (all that match)");

    session.press("/ <Ctrl+u> name:PNT <Enter>");
    assert!(status(&mut session).contains("marked 100 (100 hidden)"));
    session.press("s o");
    assert!(session.line(2).contains("is:marked") && session.line(2).contains("100 of 372"));
    let marks = session.app.workbench().marks().clone();
    session.press("z s rights <Enter>");
    assert_eq!(
        *session.app.workbench().marks(),
        marks,
        "sorting moves no mark"
    );
    session.press("s n");
    assert!(session.app.workbench().marks().is_empty());
    session.press("s r");
    assert_eq!(*session.app.workbench().marks(), marks);
}

#[test]
fn a_range_is_marked_and_one_taken_out_of_it() {
    let mut session = session();
    session.press("j j <Space> g g j v j j j j");
    assert_eq!(
        session.line(21),
        " VISUAL range rows 2-6: 5 rows, 4 not marked yet"
    );
    assert!(session.line(22).starts_with(" VISUAL "));
    session.press("<Enter>");
    assert!(status(&mut session).contains("marked 5"));
    session.press("k k <Space>");
    assert!(status(&mut session).contains("marked 4"));
    session.press("g g V <End> <Enter>");
    assert!(session.app.workbench().marks().is_empty());
    session.press("g g <Shift+Down> <Shift+Down>");
    assert!(status(&mut session).contains("marked 3"));
}

#[test]
fn a_range_given_up_marks_nothing() {
    let mut session = session();
    session.press("v j j <Esc>");
    assert!(session.app.workbench().marks().is_empty());
    assert!(session.line(22).starts_with(" NORMAL "));
}

#[test]
fn a_filter_that_does_not_parse_keeps_the_last_good_rows_and_shows_the_place() {
    let mut session = session();
    session.press("/ season:SS26 <Space> name:~");
    session.type_text("\"jacket(");
    assert!(
        session.line(2).contains("not read; the rows are as before"),
        "{}",
        session.screen()
    );
    assert_eq!(
        session.line(3).find('^'),
        session.line(2).find('"'),
        "{}",
        session.screen()
    );
    assert!(
        session.line(3).contains("not closed"),
        "{}",
        session.screen()
    );
    session.press("<Ctrl+u> rihgts:x");
    assert!(session.line(3).contains("did you mean Rights?"));
    session.press("<Enter>");
    assert!(session.line(22).starts_with(" FILTER"), "it is not taken");
}

#[test]
fn escape_brings_the_old_filter_and_the_old_row_back() {
    let mut session = session();
    session.press("j j j j");
    let row = session.app.scene().cursor;
    session.press("/ season:SS26 <Esc>");
    assert!(
        session.line(2).contains("372  name asc"),
        "{}",
        session.line(2)
    );
    assert_eq!(session.app.scene().cursor, row);
}

#[test]
fn filters_are_remembered_and_come_back_by_the_up_key() {
    let mut session = session();
    session.press("/ season:SS26 <Enter> / <Ctrl+u> name:JKT <Enter> / <Up> <Up> <Enter>");
    assert!(
        session.line(2).contains("season:SS26"),
        "{}",
        session.line(2)
    );
    let kept = session.effects.iter().any(|effect| {
        matches!(effect, Effect::SaveSetting { key, value } if key == "filters" && value.contains("SS26"))
    });
    assert!(kept);
}

#[test]
fn text_that_arrives_at_once_narrows_like_text_that_is_typed() {
    let mut session = session();
    session.burst("/season:SS26 name:PNT_1001\n");
    assert!(session.line(2).contains("6 of 372"), "{}", session.line(2));
    assert!(
        session.line(22).starts_with(" NORMAL "),
        "{}",
        session.screen()
    );
}

#[test]
fn a_filter_that_leaves_nothing_says_which_part_took_the_last_rows() {
    let mut session = session();
    session.press("/ season:SS26 <Space> -has:rights <Enter>");
    let screen = session.screen();
    assert!(
        screen.contains("Nothing matches  season:SS26 -has:rights"),
        "{screen}"
    );
    assert!(screen.contains("without `season:SS26`: 112"), "{screen}");
    session.press("0");
    assert!(session.line(2).contains("372"));
}

#[test]
fn hidden_marks_are_counted_and_can_be_dropped() {
    let mut session = session();
    session.press("<Ctrl+a> / name:PNT <Enter> s h");
    assert_eq!(
        session.said(),
        "Dropped 312 hidden marks.  s r brings them back"
    );
    assert!(status(&mut session).contains("marked 60"));
    session.press("s i");
    assert!(session.app.workbench().marks().is_empty());
}

#[test]
fn the_value_of_a_cell_marks_all_that_have_it() {
    let mut session = session();
    session.press("l l l");
    assert!(session.line(3).contains(">Rights"), "{}", session.screen());
    session.press(",");
    assert_eq!(session.said(), "Marked 112 (Rights (empty))");
}

#[test]
fn the_select_menu_opens_when_nothing_follows_and_shows_counts() {
    let mut session = session();
    session.press("/ season:SS26 <Enter> s");
    assert!(!session.screen().contains("select .."));
    session.wait(400);
    let screen = session.screen();
    assert!(
        screen.contains("a all 60 that match the filter"),
        "{screen}"
    );
    assert!(
        screen.contains("A all 372 in this library (asks)"),
        "{screen}"
    );
    session.press("A");
    assert!(
        session
            .screen()
            .contains("Mark all 372 assets of this library?")
    );
    session.press("<Esc>");
    assert!(session.app.workbench().marks().is_empty());
    session.press("s A <Enter>");
    assert_eq!(session.app.workbench().marks().len(), 372);
}

#[test]
fn the_cursor_stays_on_its_asset_when_the_list_is_sorted_and_the_order_is_kept() {
    let mut session = session();
    session.press("j j j j j");
    let row = session.app.scene().cursor;
    session.press("z s rights <Enter>");
    assert_eq!(session.app.scene().cursor, row);
    session.press("z s rights <Enter>");
    assert!(
        session.line(2).contains("Rights desc"),
        "{}",
        session.line(2)
    );
    let saved: Vec<_> = session
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::SaveSetting { key, .. } if key == "sort"))
        .collect();
    assert_eq!(saved.len(), 2);

    let mut setup = Setup::new(armarius::domain::Workbench::new(), identity());
    let Effect::SaveSetting { key, value } = saved[1].clone() else {
        unreachable!("only settings were kept")
    };
    setup.settings = vec![(key, value)];
    let mut again = Session::with(setup, library::world());
    assert!(again.line(2).contains("Rights desc"), "{}", again.line(2));
}

#[test]
fn columns_are_chosen_by_ticking() {
    let mut session = session();
    session.press("z c title <Space> <Enter>");
    assert!(session.line(3).contains("Title"), "{}", session.screen());
    session.press("z c <Tab> <Enter>");
    assert!(!session.line(3).contains("Type"), "{}", session.screen());
    session.press("z c <Esc>");
    assert!(
        session.line(3).contains("Title"),
        "giving up changes nothing"
    );
}

#[test]
fn at_eighty_columns_certificate_and_thumbnail_letters_are_in_sight() {
    let mut session = session();
    for title in ["Name", "Season", "Rights", "Ct Th", "State key"] {
        assert!(session.line(3).contains(title), "{}", session.screen());
    }
    assert!(session.line(4).contains("V  -"), "{}", session.line(4));
}

#[test]
fn movement_keys_go_by_row_half_page_page_and_to_the_ends() {
    let mut session = session();
    session.press("G");
    assert!(status(&mut session).contains("372/372"));
    session.press("<Ctrl+u> <Ctrl+u> <PgUp> g g");
    assert!(status(&mut session).contains(" 1/372"));
}

#[test]
fn what_is_pasted_into_the_list_is_never_run_as_keys() {
    let mut session = session();
    session.input(armarius::ui::input::Input::Paste(
        "JKT_2201_BACK\nPNT_1001_BACK\nnobody\n".into(),
    ));
    let screen = session.screen();
    assert!(
        screen.contains("found 2   not found 1   twice 0"),
        "{screen}"
    );
    session.press("<Enter>");
    assert_eq!(
        session.said(),
        "Found 2, 1 not found (first: nobody); marked 2."
    );

    session.burst("quit now, SxU\n");
    assert!(
        session.screen().contains("1 line pasted: quit now, SxU"),
        "{}",
        session.screen()
    );
    assert!(!session.effects.contains(&Effect::Quit));
    session.press("/");
    assert!(
        session.line(22).starts_with(" FILTER"),
        "{}",
        session.screen()
    );
}

#[test]
fn without_letters_the_same_is_done_with_function_keys() {
    let mut setup = Setup::new(armarius::domain::Workbench::new(), identity());
    setup.keymap = Keymap::new(Preset::Arrows, &[]).unwrap();
    let mut session = Session::with(setup, library::world());
    session.press("/ type:image <Space> season:AW26 <Space> -has:rights <Enter> <F6> a");
    assert_eq!(session.said(), "Marked 100 (all that match)");
    session.press("j <Down>");
    assert!(
        status(&mut session).contains(" 2/100"),
        "j is no key, Down is"
    );
    assert!(
        session.line(22).contains("F6 select.."),
        "{}",
        session.line(22)
    );
}

#[test]
fn the_mouse_moves_marks_and_changes_screens() {
    use armarius::ui::input::{Input, Mouse, MouseDeed};
    let mut session = session();
    let click = |column, row| {
        Input::Mouse(Mouse {
            deed: MouseDeed::Click,
            column,
            row,
        })
    };
    session.input(click(20, 8));
    assert!(status(&mut session).contains(" 5/372"));
    session.input(click(2, 6));
    assert!(
        status(&mut session).contains(" 3/372  marked 1"),
        "{}",
        status(&mut session)
    );
    session.input(click(14, 1));
    assert_eq!(session.app.screen(), ScreenId::Staged);
}

#[test]
fn q_leaves_from_browse_and_comes_back_to_it_from_elsewhere() {
    let mut session = session();
    session.press("5 q");
    assert_eq!(session.app.screen(), ScreenId::Browse);
    assert!(!session.effects.contains(&Effect::Quit));
    session.press("q");
    assert!(session.effects.contains(&Effect::Quit));
}

#[test]
fn while_a_library_comes_the_cursor_stays_at_the_top_until_somebody_moves() {
    let library = library::world();
    let mut setup = Setup::new(armarius::domain::Workbench::new(), identity());
    setup.size.height = 16;
    let mut session = Session::idle(setup, library.clone());
    session.answers = false;
    session.begin();
    session.event(Event::Connected {
        capabilities: Box::new(library.capabilities.clone()),
        schema: library.schema.clone(),
    });
    let asked = session.effects.iter().find_map(|effect| {
        let Effect::List { generation } = effect else {
            return None;
        };
        Some(*generation)
    });
    let page = |assets: &[usize]| Event::Page {
        generation: asked.unwrap(),
        assets: assets
            .iter()
            .map(|&place| library.assets[place].clone())
            .collect(),
        total: 372,
    };
    session.event(page(&[300, 301])).event(page(&[200, 100]));
    assert!(session.line(4).starts_with("> "), "{}", session.screen());
    session.press("j");
    let under = session.line(5)[1..].to_owned();
    session.event(page(&[0, 1]));
    assert_eq!(
        session.line(7),
        format!(">{under}"),
        "then it stays on its asset"
    );
}
