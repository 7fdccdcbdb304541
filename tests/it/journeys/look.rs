//! look
use armarius::ui::session::Session;
use super::library;
#[test]
fn look() {
    let mut s = Session::new(library::world(), 120, 36);
    s.press("j j j <Space> / season:AW26 <Space> type:image <Enter> v j j j");
    eprintln!("{}", s.screen());
    s.press("<Enter> / season:SS26");
    eprintln!("{}", s.screen());
    s.press("<Ctrl+u> rihgts:x");
    eprintln!("{}", s.screen());
    s.press("<Esc>").resize(80, 24).press("s").wait(400);
    eprintln!("{}", s.screen());
    s.press("<Esc> z s ri");
    eprintln!("{}", s.screen());
    s.press("<Enter> <Enter>");
    eprintln!("{}", s.screen());
    s.press("<Esc>").resize(60, 16);
    eprintln!("{}", s.screen());
    s.resize(100, 30).press("z c");
    eprintln!("{}", s.screen());
    s.resize(50, 10);
    eprintln!("{}", s.screen());
}
