//! Pictures of assets: decoded when they come, kept for a few assets, drawn as the terminal can.

use std::{collections::VecDeque, io::Cursor};

use image::{DynamicImage, ImageReader, Limits};
use ratatui::{Frame, layout::Rect, layout::Size};
use ratatui_image::{
    FontSize, Image, Resize,
    picker::{Picker, ProtocolType},
    protocol::Protocol,
};

use super::{
    input::Means,
    theme::{Role, Theme},
    widgets::text,
};
use crate::domain::AssetId;

/// How many pictures are kept.
const KEPT: usize = 24;
/// The most pixels a side a picture may have.
const LARGEST: u32 = 8192;

/// How pictures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureMode {
    /// As the terminal answered: kitty, sixel, iTerm2, or half blocks.
    Auto,
    /// Half blocks, two pixels a cell.
    HalfBlocks,
    /// In words.
    Off,
}

impl PictureMode {
    /// The word for it in settings and sentences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::HalfBlocks => "halfblocks",
            Self::Off => "off",
        }
    }

    /// The mode of a word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Auto, Self::HalfBlocks, Self::Off]
            .into_iter()
            .find(|mode| mode.word() == word)
    }

    /// The next mode.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::HalfBlocks,
            Self::HalfBlocks => Self::Off,
            Self::Off => Self::Auto,
        }
    }
}

enum State {
    Asked,
    None,
    Failed(String),
    Ready {
        image: DynamicImage,
        drawn: Option<(Size, PictureMode, Protocol)>,
    },
}

/// The pictures that have come.
pub struct Pictures {
    picker: Picker,
    /// The word of the configuration.
    wanted: String,
    mode: PictureMode,
    kept: VecDeque<(AssetId, State)>,
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pictures")
            .field("mode", &self.mode)
            .field("kept", &self.kept.len())
            .finish_non_exhaustive()
    }
}

impl Default for Pictures {
    fn default() -> Self {
        Self::wanted("auto")
    }
}

impl Pictures {
    /// As a word of the configuration says; half blocks until the terminal tells what it can do.
    pub fn wanted(word: &str) -> Self {
        Self {
            picker: Picker::halfblocks(),
            wanted: word.to_owned(),
            mode: PictureMode::named(word).unwrap_or(PictureMode::Auto),
            kept: VecDeque::new(),
        }
    }

    /// The terminal told what it can do.
    pub(super) fn answered(&mut self, means: Means) {
        let Some((width, height)) = means.cell else {
            return;
        };
        #[expect(
            deprecated,
            reason = "the way that asks leaves a thread reading the keyboard"
        )]
        let mut picker = Picker::from_fontsize(FontSize::new(width, height));
        match self.wanted.as_str() {
            "kitty" => picker.set_protocol_type(ProtocolType::Kitty),
            "sixel" => picker.set_protocol_type(ProtocolType::Sixel),
            "iterm2" => picker.set_protocol_type(ProtocolType::Iterm2),
            _ if means.kitty => picker.set_protocol_type(ProtocolType::Kitty),
            _ if means.sixel => picker.set_protocol_type(ProtocolType::Sixel),
            // What the environment told.
            _ => {}
        }
        self.picker = picker;
        for (_, state) in &mut self.kept {
            if let State::Ready { drawn, .. } = state {
                *drawn = None;
            }
        }
    }

    /// How they are drawn.
    pub fn mode(&self) -> PictureMode {
        self.mode
    }

    pub(super) fn set_mode(&mut self, mode: PictureMode) {
        self.mode = mode;
    }

    /// How pictures are drawn, in a word for the screen.
    pub fn means(&self) -> &'static str {
        match (self.mode, self.picker.protocol_type()) {
            (PictureMode::Off, _) => "in words",
            (PictureMode::Auto, ProtocolType::Kitty) => "kitty",
            (PictureMode::Auto, ProtocolType::Sixel) => "sixel",
            (PictureMode::Auto, ProtocolType::Iterm2) => "iTerm2",
            (PictureMode::Auto | PictureMode::HalfBlocks, _) => "half blocks",
        }
    }

    /// Whether a picture of this asset is still to be asked for.
    pub fn wants(&self, asset: &AssetId) -> bool {
        self.mode != PictureMode::Off && self.state(asset).is_none()
    }

    pub(super) fn ask(&mut self, asset: AssetId) {
        self.keep(asset, State::Asked);
    }

    pub(super) fn forget(&mut self, asset: &AssetId) {
        self.kept.retain(|(kept, _)| kept != asset);
    }

    fn keep(&mut self, asset: AssetId, state: State) {
        self.forget(&asset);
        self.kept.push_back((asset, state));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }

    fn state(&self, asset: &AssetId) -> Option<&State> {
        self.kept
            .iter()
            .find_map(|(kept, state)| (kept == asset).then_some(state))
    }

    /// A picture came, or the news that there is none.
    pub(super) fn absorb(&mut self, asset: AssetId, picture: Result<Option<Vec<u8>>, String>) {
        let state = match picture {
            Ok(None) => State::None,
            Err(why) => State::Failed(why),
            Ok(Some(bytes)) => match decode(&bytes) {
                Ok(image) => State::Ready { image, drawn: None },
                Err(why) => State::Failed(why),
            },
        };
        self.keep(asset, state);
    }

    /// Makes the picture of an asset ready for a place of this size.
    pub(super) fn prepare(&mut self, asset: &AssetId, size: Size) {
        let (mode, mut picker) = (self.mode, self.picker.clone());
        let Some((_, State::Ready { image, drawn })) =
            self.kept.iter_mut().find(|(kept, _)| kept == asset)
        else {
            return;
        };
        let fits = drawn
            .as_ref()
            .is_some_and(|(at, how, _)| *at == size && *how == mode);
        if fits || mode == PictureMode::Off || size.width == 0 || size.height == 0 {
            return;
        }
        if mode == PictureMode::HalfBlocks {
            picker.set_protocol_type(ProtocolType::Halfblocks);
        }
        let protocol = picker.new_protocol(image.clone(), size, Resize::Fit(None));
        *drawn = protocol.ok().map(|protocol| (size, mode, protocol));
    }

    /// Draws the picture of an asset, or says in words what is there.
    pub fn draw(&self, asset: &AssetId, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        if area.is_empty() {
            return;
        }
        let words = match self.state(asset) {
            Some(State::Ready { image, drawn }) => {
                if let (Some((_, _, protocol)), true) = (drawn, self.mode != PictureMode::Off) {
                    frame.render_widget(Image::new(protocol).allow_clipping(true), area);
                    return;
                }
                described(image)
            }
            Some(State::Asked) => "picture: on its way".into(),
            Some(State::None) => "no picture".into(),
            Some(State::Failed(why)) => format!("no picture: {why}"),
            None if self.mode == PictureMode::Off => "pictures are off".into(),
            None => "picture: not asked yet".into(),
        };
        for (number, line) in text::wrapped(&words, area.width).into_iter().enumerate() {
            let line_area = super::layout::line(area, u16::try_from(number).unwrap_or(u16::MAX));
            text::put(
                frame.buffer_mut(),
                line_area,
                &line,
                theme.style(Role::Quiet),
            );
        }
    }

    /// The picture in words: size, shape and colour, so that nothing depends on seeing it.
    pub fn words(&self, asset: &AssetId) -> Option<String> {
        match self.state(asset)? {
            State::Ready { image, .. } => Some(described(image)),
            State::None => Some("no picture".into()),
            State::Asked | State::Failed(_) => None,
        }
    }
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(128 << 20);
    reader.limits(limits);
    let image = reader
        .decode()
        .map_err(|error| format!("it can't be read: {error}"))?;
    Ok(if image.width().max(image.height()) > 640 {
        image.thumbnail(640, 640)
    } else {
        image
    })
}

fn described(image: &DynamicImage) -> String {
    let (width, height) = (image.width(), image.height());
    let shape = match width.cmp(&height) {
        std::cmp::Ordering::Greater => "wide",
        std::cmp::Ordering::Less => "tall",
        std::cmp::Ordering::Equal => "square",
    };
    let one = image.thumbnail_exact(1, 1).to_rgb8();
    let [red, green, blue] = one.get_pixel(0, 0).0;
    format!(
        "preview {width}x{height}, {shape}, mostly {}",
        colour_name(red, green, blue)
    )
}

fn colour_name(red: u8, green: u8, blue: u8) -> &'static str {
    const NAMES: [(&str, [i32; 3]); 12] = [
        ("black", [20, 20, 20]),
        ("grey", [128, 128, 128]),
        ("white", [240, 240, 240]),
        ("red", [200, 40, 40]),
        ("orange", [230, 140, 40]),
        ("yellow", [230, 220, 60]),
        ("green", [50, 150, 60]),
        ("turquoise", [60, 180, 180]),
        ("blue", [50, 80, 190]),
        ("violet", [130, 60, 170]),
        ("pink", [230, 150, 180]),
        ("brown", [120, 80, 50]),
    ];
    let here = [red, green, blue].map(i32::from);
    let far = |colour: &[i32; 3]| -> i32 {
        colour
            .iter()
            .zip(here)
            .map(|(one, two)| (one - two).pow(2))
            .sum()
    };
    NAMES
        .iter()
        .min_by_key(|(_, colour)| far(colour))
        .map_or("grey", |(name, _)| name)
}
