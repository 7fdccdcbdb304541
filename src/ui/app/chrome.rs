//! What stands around every screen: header, tabs, speaking line, hints, status, menus of keys.

use ratatui::{Frame, layout::Rect, style::Style};

use super::{App, unfinished::percent};
use crate::{
    domain::Outcome,
    ui::{
        action::{Action, Go, View, Work},
        component::{Hint, Scene, ScreenId},
        connection::{Link, Loading},
        dialogs,
        layout::{Chrome, LEAST},
        theme::Role,
        widgets::{boxed, text},
    },
};

impl App {
    /// Draws everything. Same state and same size, same cells.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let theme = &self.world.theme;
        text::fill(frame.buffer_mut(), area, theme.style(Role::Text));
        let Some(chrome) = Chrome::of(area.as_size()) else {
            self.draw_too_small(frame, area);
            return;
        };
        let scene = self.world.scene(!self.layers.is_empty());
        self.screens
            .screen(self.world.screen)
            .draw(frame, chrome.body, &scene);
        for layer in &self.layers {
            layer.draw(frame, chrome.body, &scene);
        }
        self.draw_header(frame, chrome.header);
        self.draw_tabs(frame, chrome.tabs);
        self.draw_speaking(frame, chrome.speaking);
        self.draw_hints(frame, chrome.hints);
        self.draw_status(frame, chrome.status);
        if self.menu_is_due() {
            self.draw_menu(frame, chrome.body);
        }
    }

    fn draw_too_small(&self, frame: &mut Frame<'_>, area: Rect) {
        let sentence = format!(
            "too small: {}x{}, need {}x{}",
            area.width, area.height, LEAST.width, LEAST.height
        );
        let style = self.world.theme.style(Role::Text);
        let buffer = frame.buffer_mut();
        text::put(buffer, crate::ui::layout::line(area, 0), &sentence, style);
        text::put(
            buffer,
            crate::ui::layout::line(area, 1),
            &self.status_left(),
            style,
        );
        text::put(
            buffer,
            crate::ui::layout::line(area, 2),
            "q leaves; nothing is lost",
            style,
        );
    }

    fn draw_header(&self, frame: &mut Frame<'_>, area: Rect) {
        let style = self.world.theme.style(Role::Header);
        let environment = self.world.theme.style(Role::Environment);
        let buffer = frame.buffer_mut();
        text::fill(buffer, area, style);
        let word = self.environment();
        let used = if word.is_empty() {
            0
        } else {
            text::put_right(buffer, area, &format!("[{word}]"), environment) + 1
        };
        let left = Rect {
            width: area.width.saturating_sub(used),
            ..area
        };
        text::put(buffer, left, &self.header(area.width), style);
    }

    /// The environment's word, what keeps it from being written, and who else may read along.
    fn environment(&self) -> String {
        let word = &self.world.identity.environment;
        let state = match &self.world.connection.link {
            Link::Offline(since, _) => format!("OFFLINE since {}", self.clock(*since, false)),
            Link::Idle | Link::Connecting | Link::Online | Link::SignIn(_) | Link::Broken(_) => {
                let read_only = self.world.workbench.read_only.is_some();
                if read_only {
                    "READ-ONLY".to_owned()
                } else {
                    String::new()
                }
            }
        };
        let listing = &self.world.workbench.listing;
        let is_settled = !self.world.connection.is_loading() && !listing.is_empty();
        let missing = match listing.missing() {
            1.. if is_settled => format!("INCOMPLETE: {} missing", text::number(listing.missing())),
            _ => String::new(),
        };
        let open = if self.world.identity.unencrypted {
            "UNENCRYPTED"
        } else {
            ""
        };
        let words = [word.as_str(), &state, &missing, open];
        let said = words.iter().filter(|said| !said.is_empty());
        said.copied().collect::<Vec<_>>().join(" ")
    }

    fn header(&self, width: u16) -> String {
        let identity = &self.world.identity;
        let capabilities = self.world.workbench.capabilities.as_ref();
        // What the endpoint says; before it says something there is none.
        let role = capabilities.map_or("", |found| found.role.as_str());
        let role = [role, identity.author.as_str()];
        let role = role.map(str::trim).join(" ");
        let saved = self.world.saved_ms.map(|at| self.clock(at, true));
        let role = role.trim();
        if width < 100 {
            let draft = match (identity.draft.as_str(), saved) {
                ("", None) => String::new(),
                ("", Some(_)) => "draft saved".to_owned(),
                (name, None) => name.to_owned(),
                (name, Some(_)) => format!("{name} (saved)"),
            };
            return format!(" armarius {}  {role}  {draft}", identity.profile);
        }
        let mut header = format!(" armarius  {}", identity.profile);
        header
            .extend(capabilities.map(|found| format!(" ({})  {}", found.library, found.protocol)));
        header.extend([format!("  role: {role}")]);
        header.extend((!identity.draft.is_empty()).then(|| format!("  draft: {}", identity.draft)));
        header.extend(saved.map(|saved| format!("  draft saved {saved}")));
        header
    }

    /// A time of day where the person is.
    fn clock(&self, at_ms: i64, seconds: bool) -> String {
        clock(at_ms, self.world.identity.utc_offset_s, seconds)
    }

    pub(super) fn tab_labels(&self) -> [String; 5] {
        let draft = self.world.workbench.draft();
        let staged = draft.changes();
        let staged = if staged == 0 {
            String::new()
        } else {
            format!(" {}", text::number(staged))
        };
        let history = if self.world.size.width < 90 {
            "5 Hist"
        } else {
            "5 History"
        };
        let labels = [
            "1 Browse".to_owned(),
            format!("2 Staged{staged}"),
            "3 Review".to_owned(),
            format!("4 Results{}", self.results_badge()),
            history.to_owned(),
        ];
        let mut shown = ScreenId::ALL.into_iter();
        labels.map(|label| {
            let active = shown.next() == Some(self.world.screen);
            if active {
                format!(">{label}<")
            } else {
                format!(" {label} ")
            }
        })
    }

    fn results_badge(&self) -> String {
        let Some(run) = self.world.workbench.runs().last() else {
            return String::new();
        };
        if self
            .world
            .workbench
            .unfinished_run()
            .is_some_and(|open| open.id == run.id)
        {
            return format!(
                ": {} {}%",
                run.state.word(),
                percent(run, &self.world.workbench)
            );
        }
        let tally = self.world.workbench.tally(run);
        let problems: u32 = [Outcome::Refused, Outcome::Unknown, Outcome::Conflict]
            .into_iter()
            .map(|outcome| tally.of(outcome))
            .sum();
        if problems == 0 {
            String::new()
        } else {
            format!(" {problems}!")
        }
    }

    fn draw_tabs(&self, frame: &mut Frame<'_>, area: Rect) {
        let theme = &self.world.theme;
        let buffer = frame.buffer_mut();
        let mut x = area.x;
        for (screen, label) in ScreenId::ALL.into_iter().zip(self.tab_labels()) {
            let role = if screen == self.world.screen {
                Role::ActiveTab
            } else {
                Role::Tab
            };
            let rest = Rect {
                x,
                width: area.right().saturating_sub(x),
                ..area
            };
            x += text::put(buffer, rest, &label, theme.style(role)) + 1;
        }
        let keys = |go| self.world.keymap.keys(Action::Go(go)).unwrap_or_default();
        let right = format!("{} cmd  {} help ", keys(Go::CommandLine), keys(Go::Help));
        if x + u16::try_from(text::width(&right)).unwrap_or(0) < area.right() {
            text::put_right(buffer, area, &right, theme.style(Role::Tab));
        }
    }

    fn draw_speaking(&self, frame: &mut Frame<'_>, area: Rect) {
        let scene = self.world.scene(!self.layers.is_empty());
        let said = self.top().speaking(&scene);
        let said = said
            .or_else(|| {
                self.world
                    .said
                    .last()
                    .filter(|_| self.world.is_said)
                    .cloned()
            })
            .unwrap_or_default();
        let style = self.world.theme.style(Role::Speaking);
        let place = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(1),
            ..area
        };
        let lines = text::wrapped(&said, place.width);
        let [first, second, rest @ ..] = lines.as_slice() else {
            text::put(frame.buffer_mut(), place, &said, style);
            return;
        };
        // A sentence is never cut: it takes the last line of the body as well, and says where the
        // rest of it is.
        let above = Rect {
            y: area.y.saturating_sub(1),
            ..place
        };
        let plain = self.world.theme.style(Role::Text);
        text::fill(
            frame.buffer_mut(),
            Rect {
                x: area.x,
                width: area.width,
                ..above
            },
            plain,
        );
        text::put(frame.buffer_mut(), above, first, style);
        let mut room = place;
        if !rest.is_empty() {
            let keys = self.world.keymap.keys(Action::Go(Go::Messages));
            let more = format!(" ..  {} ", keys.unwrap_or_default());
            room.width -= text::put_right(frame.buffer_mut(), place, &more, style).min(room.width);
        }
        text::put(frame.buffer_mut(), room, second, style);
    }

    fn draw_hints(&self, frame: &mut Frame<'_>, area: Rect) {
        let theme = &self.world.theme;
        let scene = self.world.scene(!self.layers.is_empty());
        let top = self.top();
        let (key, plain) = (theme.style(Role::Key), theme.style(Role::Text));
        let mut pieces: Vec<(String, Style)> =
            vec![(format!(" {} ", top.mode()), theme.style(Role::Title))];
        let mut used = text::width(top.mode()) + 2;
        if self.pending.is_empty() {
            for (keys, word) in top
                .hints(&scene)
                .into_iter()
                .filter(|hint| self.works_now(*hint, &scene))
                .filter_map(|hint| self.hint(hint))
            {
                let wide = text::width(&keys) + text::width(&word) + 3;
                if used + wide > usize::from(area.width) {
                    break;
                }
                used += wide;
                pieces.push((format!(" {keys}"), key));
                pieces.push((format!(" {word} "), plain));
            }
        } else {
            let keys = crate::ui::chord::shown(&self.pending);
            pieces.push((format!(" {keys} .."), key));
            pieces.push(("  pick one; Esc cancels".into(), plain));
        }
        text::put_all(frame.buffer_mut(), area, &pieces);
    }

    /// Whether a hint is for something that can be done now. What a screen or dialog knows better
    /// itself, it leaves out itself.
    fn works_now(&self, hint: Hint, scene: &Scene<'_>) -> bool {
        let (Hint::Key(action) | Hint::Named(action, _)) = hint else {
            return true;
        };
        let is_asked = match action {
            Action::Work(work) => matches!(work, Work::Undo | Work::Redo | Work::Submit),
            Action::Edit(_) => self.layers.is_empty() && self.world.screen == ScreenId::Browse,
            Action::View(view) => view == View::FilterReset,
            Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::Copy(_)
            | Action::Answer(_) => false,
        };
        !is_asked || dialogs::possible(action, scene).is_ok()
    }

    fn hint(&self, hint: Hint) -> Option<(String, String)> {
        match hint {
            Hint::Key(action) => Some((
                self.world.keymap.keys(action)?,
                action.row().label.to_owned(),
            )),
            Hint::Named(action, word) => Some((self.world.keymap.keys(action)?, word.to_owned())),
            Hint::Menu(menu) => Some((self.world.keymap.menu(menu), format!("{}..", menu.title))),
        }
    }

    fn draw_status(&self, frame: &mut Frame<'_>, area: Rect) {
        let style = self.world.theme.style(Role::Quiet);
        let buffer = frame.buffer_mut();
        let used = text::put_right(buffer, area, &format!("{} ", self.status_right()), style);
        let left = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(used + 2),
            ..area
        };
        // Plain: it changes with every move of the cursor, and another look is more bytes.
        let plain = self.world.theme.style(Role::Text);
        text::put(buffer, left, &self.status_left(), plain);
    }

    fn status_left(&self) -> String {
        let scene = self.world.scene(!self.layers.is_empty());
        let screen = self.screens.screen(self.world.screen);
        let own = self.top().status(&scene).or_else(|| screen.status(&scene));
        own.unwrap_or_else(|| self.screens.browse.place(&scene))
    }

    fn status_right(&self) -> String {
        if let Some(run) = self.world.workbench.unfinished_run() {
            return format!(
                "{} {} {}%",
                run.id,
                run.state.word(),
                percent(run, &self.world.workbench)
            );
        }
        let connection = &self.world.connection;
        let waited = connection
            .waits()
            .map(|(what, since)| (what, (self.world.now_ms - since) / 1000))
            .filter(|(_, seconds)| *seconds >= 2);
        match (&connection.link, &connection.loading, waited) {
            (Link::Offline(..), _, _) => "offline; R tries again".into(),
            (Link::SignIn(_), _, _) => "not signed in; R signs in".into(),
            (Link::Broken(_), _, _) => "no answer we can use; R tries again".into(),
            (_, _, Some((what, seconds))) => format!("waiting for {what}, {seconds} s"),
            (Link::Connecting, _, _) => "signing in ..".into(),
            (_, Loading::Under { since_ms, .. }, _) => {
                let listing = &self.world.workbench.listing;
                format!(
                    "{} of ~{}  {} s",
                    text::number(listing.len()),
                    text::number(listing.total),
                    (self.world.now_ms - since_ms) / 1000
                )
            }
            (_, Loading::Updating { since_ms }, _) => {
                let seconds = (self.world.now_ms - since_ms) / 1000;
                format!("asking what changed ..  {seconds} s")
            }
            (Link::Online, _, _) => "no run in progress".into(),
            (Link::Idle, _, _) => "opening ..".into(),
        }
    }

    fn menu_is_due(&self) -> bool {
        !self.pending.is_empty()
            && self
                .menu_delay_ms
                .is_some_and(|delay| self.world.now_ms - self.pending_ms >= delay)
    }

    fn draw_menu(&self, frame: &mut Frame<'_>, body: Rect) {
        let theme = &self.world.theme;
        let following = self
            .world
            .keymap
            .following(&self.pending, self.top().contexts());
        let scene = self.world.scene(!self.layers.is_empty());
        let lines: Vec<(String, String)> = following
            .into_iter()
            .map(|(keys, action)| (keys, self.screens.browse.menu_label(action, &scene)))
            .collect();
        let widest = lines
            .iter()
            .map(|(keys, label)| text::width(keys) + text::width(label) + 1);
        let width = widest.max().unwrap_or(0).max(24) + 4;
        let width = u16::try_from(width).unwrap_or(u16::MAX).min(body.width);
        let height = u16::try_from(lines.len() + 2)
            .unwrap_or(u16::MAX)
            .min(body.height);
        let area = Rect::new(body.right() - width, body.bottom() - height, width, height);
        let title = self.world.keymap.menu_of(&self.pending).map_or_else(
            || crate::ui::chord::shown(&self.pending),
            |menu| {
                format!(
                    "{}  {} ..",
                    crate::ui::chord::shown(&self.pending),
                    menu.title
                )
            },
        );
        let inside = boxed(frame, area, &title, theme);
        for (number, (keys, label)) in (0..).zip(&lines) {
            let line = crate::ui::layout::line(inside, number);
            let pieces = [
                (format!(" {keys}"), theme.style(Role::Key)),
                (format!(" {label}"), theme.style(Role::Text)),
            ];
            text::put_all(frame.buffer_mut(), line, &pieces);
        }
    }
}

/// `12:04` or `12:04:31` at an offset from UTC.
pub fn clock(at_ms: i64, utc_offset_s: i32, seconds: bool) -> String {
    let second = (at_ms.div_euclid(1000) + i64::from(utc_offset_s)).rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    if seconds {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{hour:02}:{minute:02}")
    }
}

/// The year at an offset from UTC.
pub fn year(at_ms: i64, utc_offset_s: i32) -> i16 {
    let at =
        jiff::Timestamp::from_millisecond(at_ms.saturating_add(i64::from(utc_offset_s) * 1000));
    at.map_or(1970, |at| at.to_zoned(jiff::tz::TimeZone::UTC).year())
}
