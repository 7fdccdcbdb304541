//! Bytes to text: by a mark at the beginning, by what they can be, or by what somebody says.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{TableError, line_of};

/// The text, and the name of the encoding where it is not UTF-8.
pub(super) fn decoded(
    bytes: Vec<u8>,
    wanted: Option<&str>,
) -> Result<(String, Option<&'static str>), TableError> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(TableError::whole(
            "this is UTF-32, which is not read; save it as UTF-8",
        ));
    }
    let marked = Encoding::for_bom(&bytes);
    let (encoding, mark) = match (wanted, marked) {
        (Some(label), _) => {
            let encoding = named(label)?;
            let mark = marked.filter(|(found, _)| *found == encoding);
            (encoding, mark.map_or(0, |(_, length)| length))
        }
        (None, Some((encoding, length))) => (encoding, length),
        (None, None) => (guessed(&bytes)?, 0),
    };
    if encoding == UTF_8 {
        let mut bytes = bytes;
        bytes.drain(..mark);
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = line_of_byte(error.as_bytes(), error.utf8_error().valid_up_to());
            not_text(line, UTF_8)
        })?;
        return Ok((text, None));
    }
    let body = &bytes[mark..];
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(body) {
        return Ok((text.into_owned(), Some(name(encoding))));
    }
    let (text, _) = encoding.decode_without_bom_handling(body);
    let place = text.find('\u{fffd}').unwrap_or(text.len());
    Err(not_text(line_of(&text, place), encoding))
}

fn not_text(line: u64, encoding: &'static Encoding) -> TableError {
    TableError::at(
        line,
        format!(
            "this is not {} as the rest is; save the file in one encoding, or say which it is with \
             --encoding",
            name(encoding)
        ),
    )
}

fn named(label: &str) -> Result<&'static Encoding, TableError> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        TableError::whole(format!(
            "there is no encoding `{label}`; known are utf-8, utf-16, windows-1252, macintosh, \
             shift_jis and others"
        ))
    })
}

/// The name people know; either order of UTF-16 is one.
fn name(encoding: &'static Encoding) -> &'static str {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        "UTF-16"
    } else {
        encoding.name()
    }
}

/// Bytes without a mark. What is UTF-8 in part is not taken for something else: then a damaged
/// place would turn every other letter with an accent into two wrong ones.
fn guessed(bytes: &[u8]) -> Result<&'static Encoding, TableError> {
    if let Some(encoding) = utf16_without_mark(bytes) {
        return Ok(encoding);
    }
    let Err(error) = std::str::from_utf8(bytes) else {
        return Ok(UTF_8);
    };
    if has_utf8_letters(bytes) {
        let line = line_of_byte(bytes, error.valid_up_to());
        return Err(not_text(line, UTF_8));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// Text of the western world in UTF-16: every other byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(1 << 10)];
    let pairs = start.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |offset: usize| {
        let places = start.iter().skip(offset).step_by(2);
        places.filter(|byte| **byte == 0).count()
    };
    let (first, second) = (zeros(0), zeros(1));
    let begins_with_letters = |offset: usize| start[offset] == 0 && start[offset + 2] == 0;
    match (first * 2 > pairs, second * 2 > pairs) {
        (false, true) if first == 0 && begins_with_letters(1) => Some(UTF_16LE),
        (true, false) if second == 0 && begins_with_letters(0) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether some letters beyond ASCII are valid UTF-8.
fn has_utf8_letters(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

fn line_of_byte(bytes: &[u8], place: usize) -> u64 {
    let before = String::from_utf8_lossy(&bytes[..place]);
    line_of(&before, before.len())
}
