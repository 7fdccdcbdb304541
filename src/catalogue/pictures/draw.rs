//! Draws the picture of an asset: a garment on a coloured ground for names that say so, else a
//! pattern. The same name always gives the same picture.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops};

use crate::catalogue::chance::Chance;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::pictures::request::{Fit, Format, PictureRequest};

/// Long side of the drawing that everything else is scaled from.
const CANVAS: u32 = 400;
/// Background where a box is larger than the picture.
const PAPER: Rgb<u8> = Rgb([255, 255, 255]);

/// Width and height an asset claims; a square where it says nothing.
pub(super) fn size_of(record: &AssetRecord) -> (u32, u32) {
    let side = |size: Option<i64>| {
        size.and_then(|size| u32::try_from(size).ok())
            .filter(|size| *size > 0)
    };
    (
        side(record.width).unwrap_or(1_000),
        side(record.height).unwrap_or(1_000),
    )
}

/// The picture in the size and format asked for, with its content type.
pub(super) fn encoded(
    record: &AssetRecord,
    request: &PictureRequest,
) -> Result<(&'static str, Vec<u8>), String> {
    let picture = fitted(&drawn(record), request);
    let mut bytes = Cursor::new(Vec::new());
    let failed = |error: image::ImageError| error.to_string();
    match request.format {
        Format::Png => {
            DynamicImage::ImageRgb8(picture)
                .write_to(&mut bytes, ImageFormat::Png)
                .map_err(failed)?;
            Ok(("image/png", bytes.into_inner()))
        }
        Format::Jpeg => {
            let quality = request.quality.unwrap_or(85);
            JpegEncoder::new_with_quality(&mut bytes, quality)
                .encode_image(&picture)
                .map_err(failed)?;
            Ok(("image/jpeg", bytes.into_inner()))
        }
    }
}

/// Scale the drawing into the box.
fn fitted(drawing: &RgbImage, request: &PictureRequest) -> RgbImage {
    let (width, height) = drawing.dimensions();
    let scale = |to: u32, other: u32, from: u32| {
        ((u64::from(to) * u64::from(other)) / u64::from(from)).max(1)
    };
    let side = |size: u64| u32::try_from(size).unwrap_or(CANVAS);
    let (box_width, box_height) = match (request.width, request.height) {
        (None, None) => (width, height),
        (Some(wide), None) => (wide, side(scale(wide, height, width))),
        (None, Some(high)) => (side(scale(high, width, height)), high),
        (Some(wide), Some(high)) => (wide, high),
    };
    let resize = |wide, high| imageops::resize(drawing, wide, high, FilterType::Triangle);
    if request.fit == Fit::Stretch {
        return resize(box_width, box_height);
    }
    let by_width = (box_width, side(scale(box_width, height, width)));
    let by_height = (side(scale(box_height, width, height)), box_height);
    let wide_fits = by_width.1 <= box_height;
    let inside = if wide_fits { by_width } else { by_height };
    let outside = if wide_fits { by_height } else { by_width };
    match request.fit {
        Fit::Constrain | Fit::Stretch => resize(inside.0, inside.1),
        Fit::Crop => {
            let large = resize(outside.0.max(box_width), outside.1.max(box_height));
            let (left, top) = (
                (large.width() - box_width) / 2,
                (large.height() - box_height) / 2,
            );
            imageops::crop_imm(&large, left, top, box_width, box_height).to_image()
        }
        Fit::Box => {
            let small = resize(inside.0, inside.1);
            if small.dimensions() == (box_width, box_height) {
                return small;
            }
            let mut paper = RgbImage::from_pixel(box_width, box_height, PAPER);
            let (left, top) = ((box_width - inside.0) / 2, (box_height - inside.1) / 2);
            imageops::overlay(&mut paper, &small, i64::from(left), i64::from(top));
            paper
        }
    }
}

/// A point of the drawing, in thousandths of its sides.
#[derive(Clone, Copy)]
struct Point {
    across: i64,
    down: i64,
}

/// Draw an asset.
fn drawn(record: &AssetRecord) -> RgbImage {
    let (width, height) = size_of(record);
    let long = u64::from(width.max(height));
    let side = |size: u32| {
        u32::try_from(u64::from(size) * u64::from(CANVAS) / long)
            .unwrap_or(CANVAS)
            .max(40)
    };
    let mut chance = Chance::of_text(stem(&record.name));
    let cloth = colour(&mut chance, 40, 190);
    let ground = colour(&mut chance, 200, 250);
    let seed = chance.next();
    let shape = Shape::of(&record.name);
    let (wide, high) = (side(width), side(height));
    RgbImage::from_fn(wide, high, |x, y| {
        let point = Point {
            across: i64::from(x) * 1_000 / i64::from(wide),
            down: i64::from(y) * 1_000 / i64::from(high),
        };
        let light = 24 - i16::try_from(point.down * 48 / 1_000).unwrap_or(0);
        match shape.at(point, seed) {
            Part::Ground => shaded(ground, light / 2),
            Part::Cloth => shaded(cloth, light),
            Part::Seam => shaded(cloth, -60),
            Part::Trim => shaded(cloth, 70),
        }
    })
}

/// The part of a name all views of one thing share, so that they have one colour.
fn stem(name: &str) -> &str {
    match name.match_indices('_').nth(1) {
        Some((end, _)) => &name[..end],
        None => name,
    }
}

fn colour(chance: &mut Chance, from: u8, to: u8) -> Rgb<u8> {
    let mut channel = || {
        let span = u32::from(to - from);
        from + u8::try_from(chance.below(span)).unwrap_or(0)
    };
    Rgb([channel(), channel(), channel()])
}

fn shaded(Rgb(channels): Rgb<u8>, light: i16) -> Rgb<u8> {
    Rgb(channels
        .map(|channel| u8::try_from((i16::from(channel) + light).clamp(0, 255)).unwrap_or(channel)))
}

/// What a point of a drawing belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Ground,
    Cloth,
    Seam,
    Trim,
}

/// What is drawn.
#[derive(Clone, Copy)]
enum Shape {
    Jacket { back: bool },
    Trousers { back: bool },
    Swatch,
    Pattern,
}

impl Shape {
    fn of(name: &str) -> Self {
        let back = name.contains("_BACK");
        if name.contains("SWATCH") || name.ends_with("_SW") || name.contains("_DET") {
            return Self::Swatch;
        }
        match name.get(..4) {
            Some("JKT_" | "SHT_" | "SWT_" | "TEE_" | "VST_") => Self::Jacket { back },
            Some("PNT_" | "SKT_") => Self::Trousers { back },
            _ => Self::Pattern,
        }
    }

    fn at(self, point: Point, seed: u64) -> Part {
        match self {
            Self::Jacket { back } => jacket(point, back),
            Self::Trousers { back } => trousers(point, back),
            Self::Swatch => swatch(point, seed),
            Self::Pattern => pattern(point, seed),
        }
    }
}

fn jacket(Point { across, down }: Point, back: bool) -> Part {
    let from_middle = (across - 500).abs();
    let body = (180..=880).contains(&down) && from_middle <= 210 + (down - 180) / 20;
    let sleeve_middle = 235 + (down - 180) / 4;
    let sleeve = (190..=760).contains(&down) && (from_middle - sleeve_middle).abs() <= 62;
    let collar = (130..200).contains(&down) && from_middle <= 110;
    if !(body || sleeve || collar) {
        return Part::Ground;
    }
    let zip = !back && from_middle <= 6;
    let yoke = back && (300..308).contains(&down) && body;
    let pocket = !back && (600..612).contains(&down) && (70..170).contains(&from_middle);
    let edge = body && !sleeve && from_middle >= 202 + (down - 180) / 20;
    if zip || pocket {
        Part::Trim
    } else if yoke || edge || (collar && down > 190) || (down > 866 && body) {
        Part::Seam
    } else {
        Part::Cloth
    }
}

fn trousers(Point { across, down }: Point, back: bool) -> Part {
    if !(100..=930).contains(&down) {
        return Part::Ground;
    }
    let from_middle = (across - 500).abs();
    let outer = 170 + (down - 100) / 14;
    let inner = if down < 380 { 0 } else { (down - 380) / 8 };
    if from_middle > outer || from_middle < inner {
        return Part::Ground;
    }
    let waistband = down < 150;
    let fly = !back && from_middle <= 5 && down < 330;
    let pocket = back && (210..330).contains(&down) && (60..150).contains(&from_middle);
    let crease = down > 380 && (from_middle - i64::midpoint(outer, inner)).abs() <= 3;
    match (waistband, fly || crease, pocket) {
        (true, _, _) => Part::Trim,
        (false, true, _) | (false, _, true) => Part::Seam,
        (false, false, false) => Part::Cloth,
    }
}

fn swatch(Point { across, down }: Point, seed: u64) -> Part {
    if across < 60 || down < 60 || across > 940 || down > 940 {
        return Part::Ground;
    }
    let step = 40 + i64::try_from(seed % 5).unwrap_or(0) * 12;
    match (
        (across / step) % 2 == 0,
        (down / step) % 2 == 0,
        (across + down) / step % 4,
    ) {
        (true, true, 0) => Part::Trim,
        (true, true, _) => Part::Seam,
        (true, false, _) | (false, _, _) => Part::Cloth,
    }
}

fn pattern(Point { across, down }: Point, seed: u64) -> Part {
    let turn = |bits: u32, span: u64| i64::try_from((seed >> bits) % span).unwrap_or(0);
    let (middle, level, size) = (300 + turn(0, 400), 300 + turn(12, 400), 140 + turn(24, 180));
    let (right, below) = (across - middle, down - level);
    let inside = match (seed >> 40) % 3 {
        0 => right * right + below * below <= size * size,
        1 => right.abs() <= size && below.abs() <= size * 3 / 4,
        _ => right.abs() + below.abs() <= size,
    };
    let stripe = (across + down * (1 + turn(36, 3))) / 90 % 3 == 0;
    match (inside, stripe) {
        (true, true) => Part::Trim,
        (true, false) => Part::Cloth,
        (false, true) if (seed >> 44) & 1 == 0 => Part::Seam,
        (false, true | false) => Part::Ground,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str) -> AssetRecord {
        AssetRecord {
            name: name.to_owned(),
            ..AssetRecord::default()
        }
    }

    #[test]
    fn a_picture_is_the_same_every_time_and_has_the_size_asked_for() {
        let ask = |query: &str| PictureRequest::parse(query).expect("a request");
        let request = ask("wid=64&hei=48&fmt=png");
        let (kind, bytes) = encoded(&record("JKT_1_FRONT"), &request).expect("a picture");
        assert_eq!(kind, "image/png");
        assert_eq!(
            bytes,
            encoded(&record("JKT_1_FRONT"), &request).expect("again").1
        );
        assert_ne!(
            bytes,
            encoded(&record("PNT_1_FRONT"), &request)
                .expect("another")
                .1
        );
        let size = |query: &str| {
            let (_, bytes) = encoded(&record("x"), &ask(query)).expect("a picture");
            let picture = image::load_from_memory(&bytes).expect("decodes");
            (picture.width(), picture.height())
        };
        assert_eq!(size("wid=64&hei=48"), (64, 48));
        assert_eq!(size("wid=64&hei=48&fit=constrain"), (48, 48));
        assert_eq!(size("wid=64&hei=48&fit=crop,1"), (64, 48));
        assert_eq!(size("wid=50&fmt=png"), (50, 50));
        assert!(PictureRequest::parse("wid=0").is_err());
        assert!(PictureRequest::parse("fmt=webp").is_err());
    }
}
