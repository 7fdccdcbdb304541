//! What a picture address asks for.

/// What is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture.
    #[default]
    Image,
    /// Whether there is one.
    Exists,
    /// Its size and age as text.
    Properties,
}

/// How a picture fills the box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fit {
    /// The box exactly, with background.
    #[default]
    Box,
    /// Inside the box, which shrinks.
    Constrain,
    /// The box exactly, cut off.
    Crop,
    /// The box exactly, distorted.
    Stretch,
}

/// File formats that can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// JPEG.
    #[default]
    Jpeg,
    /// PNG.
    Png,
}

/// The commands of a picture address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PictureRequest {
    pub(super) kind: Kind,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) fit: Fit,
    pub(super) format: Format,
    pub(super) quality: Option<u8>,
    pub(super) default_image: Option<String>,
}

/// The largest side of a picture.
const LARGEST: u32 = 4_000;

impl PictureRequest {
    /// Read the part of an address after the question mark. Unknown commands are ignored.
    pub(super) fn parse(query: &str) -> Result<Self, String> {
        let mut request = Self::default();
        for command in query.split('&').filter(|command| !command.is_empty()) {
            let (name, value) = command.split_once('=').unwrap_or((command, ""));
            let first = value.split(',').next().unwrap_or_default();
            match name {
                "wid" => request.width = Some(pixels(name, first)?),
                "hei" => request.height = Some(pixels(name, first)?),
                "qlt" => {
                    let quality: u8 = first.parse().unwrap_or(0);
                    if !(1..=100).contains(&quality) {
                        return Err(format!("qlt: illegal value '{first}'"));
                    }
                    request.quality = Some(quality);
                }
                "fmt" => {
                    request.format = match first {
                        "jpeg" | "jpg" => Format::Jpeg,
                        "png" | "png-alpha" => Format::Png,
                        other => return Err(format!("fmt: format '{other}' is not supported")),
                    };
                }
                "fit" => {
                    request.fit = match first {
                        "fit" | "hfit" | "vfit" | "wrap" => Fit::Box,
                        "constrain" => Fit::Constrain,
                        "crop" => Fit::Crop,
                        "stretch" => Fit::Stretch,
                        other => return Err(format!("fit: illegal value '{other}'")),
                    };
                }
                "req" => {
                    request.kind = match first {
                        "exists" => Kind::Exists,
                        "imageprops" | "props" => Kind::Properties,
                        _ => Kind::Image,
                    };
                }
                "defaultImage" => request.default_image = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(request)
    }

    /// A short text that differs where the picture would.
    pub(super) fn fingerprint(&self) -> String {
        format!(
            "{}x{}{:?}{:?}{}",
            self.width.unwrap_or(0),
            self.height.unwrap_or(0),
            self.fit,
            self.format,
            self.quality.unwrap_or(0)
        )
    }
}

fn pixels(name: &str, text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|size| (1..=LARGEST).contains(size))
        .ok_or_else(|| format!("{name}: illegal value '{text}'"))
}
