//! A page of assets as bytes, made while a listing comes in: a key is a number, and what is as in
//! the asset before is a bit.

use super::{
    bytes::{Reading, Sheet},
    page::{self, Page},
    seal,
};
use crate::domain::{Asset, AssetId, FieldKey, Keys, Value};

/// The first byte of a page. Pages of the first format are compressed JSON, which begins otherwise.
const KIND: u8 = 4;

/// A page as it is kept, with its seal. Any thread may make one, best the one that has just read
/// its assets.
#[derive(Clone, Debug)]
pub struct PackedPage {
    pub(super) body: Vec<u8>,
    pub(super) sum: i64,
    pub(super) is_empty: bool,
}

impl PackedPage {
    /// These assets.
    pub fn of(assets: &[Asset]) -> Self {
        let (body, sum) = pack(assets);
        Self {
            body,
            sum,
            is_empty: assets.is_empty(),
        }
    }
}

/// A page, and the seal of it.
fn pack(assets: &[Asset]) -> (Vec<u8>, i64) {
    let mut sheet = Sheet::of(KIND);
    let (keys, places) = keys(assets);
    let mut places = places.into_iter();
    let keys = keys.known();
    sheet.number(keys.len() as u64);
    for key in keys {
        sheet.text(key.as_str());
    }
    sheet.number(assets.len() as u64);
    let mut last: Vec<&Value> = vec![&Value::Absent; keys.len()];
    let (mut id, mut name, mut kind) = ("", "", "");
    for asset in assets {
        sheet.following(asset.id.as_str(), id);
        sheet.following(&asset.name, name);
        sheet.byte(u8::from(asset.kind != kind) | (u8::from(asset.locked.is_some()) << 1));
        if asset.kind != kind {
            sheet.text(&asset.kind);
        }
        if let Some(why) = &asset.locked {
            sheet.text(why);
        }
        sheet.number(asset.fields.len() as u64);
        for ((_, value), place) in asset.fields.iter().zip(&mut places) {
            let is_same = last.get(place).is_some_and(|last| *last == value);
            sheet.number((place as u64) << 1 | u64::from(is_same));
            if !is_same {
                sheet.value(value);
                if let Some(last) = last.get_mut(place) {
                    *last = value;
                }
            }
        }
        (id, name, kind) = (asset.id.as_str(), &asset.name, &asset.kind);
    }
    let body = sheet.done();
    let sum = seal::wide(&body);
    (body, sum)
}

/// The keys of all assets, each once, and which of them each field has.
fn keys(assets: &[Asset]) -> (Keys<'_>, Vec<usize>) {
    let mut keys = Keys::default();
    let fields = assets.iter().map(|asset| asset.fields.len()).sum();
    let mut places = Vec::with_capacity(fields);
    for asset in assets {
        keys.begin();
        places.extend(asset.fields.iter().map(|(key, _)| keys.place(key)));
    }
    (keys, places)
}

/// A page again, if it is what was packed; of either format.
pub(super) fn unpack(body: &[u8], sum: i64) -> Result<Vec<Asset>, String> {
    let unfit = || "a page does not fit together".to_owned();
    if body.first() != Some(&KIND) {
        let page: Page = page::unpack(body, sum)?;
        return page.assets().ok_or_else(unfit);
    }
    if seal::wide(body) != sum {
        return Err("a record does not fit its check sum".to_owned());
    }
    read(body).ok_or_else(unfit)
}

/// Reads a page from what is within its seal: a door for fuzzing. Whatever it is given, it neither
/// panics nor goes on for ever.
#[doc(hidden)]
pub fn read_page(body: &[u8]) {
    drop(read(body));
    page::read_page(body);
}

fn read(body: &[u8]) -> Option<Vec<Asset>> {
    let mut reading = Reading::of(KIND, body)?;
    let count = reading.count()?;
    let keys = (0..count).map(|_| reading.text().map(FieldKey::new));
    let keys: Vec<FieldKey> = keys.collect::<Option<_>>()?;
    let mut last = vec![Value::Absent; keys.len()];
    let count = reading.count()?;
    let (mut id, mut name, mut kind) = (String::new(), String::new(), String::new());
    let mut assets = Vec::with_capacity(count);
    for _ in 0..count {
        reading.following(&mut id)?;
        reading.following(&mut name)?;
        let flags = reading.byte()?;
        if flags & 1 != 0 {
            reading.text()?.clone_into(&mut kind);
        }
        let locked = match flags & 2 {
            0 => None,
            _ => Some(reading.text()?.to_owned()),
        };
        let fields = reading.count()?;
        let fields = (0..fields).map(|_| field(&mut reading, &keys, &mut last));
        assets.push(Asset {
            fields: fields.collect::<Option<_>>()?,
            id: AssetId::new(id.as_str()),
            name: name.clone(),
            kind: kind.clone(),
            locked,
        });
    }
    reading.is_over().then_some(assets)
}

fn field(
    reading: &mut Reading<'_>,
    keys: &[FieldKey],
    last: &mut [Value],
) -> Option<(FieldKey, Value)> {
    let number = reading.number()?;
    let place = usize::try_from(number >> 1).ok()?;
    let (key, last) = (keys.get(place)?, last.get_mut(place)?);
    if number & 1 == 0 {
        *last = reading.value()?;
    }
    Some((key.clone(), last.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Vec<Asset> {
        let asset = |id: &str, rights: &str| Asset {
            id: id.into(),
            name: format!("name of {id}"),
            kind: "Image".into(),
            fields: vec![
                ("Rights".into(), Value::text(rights)),
                ("Keywords".into(), Value::list(["outer", "wear"])),
                ("thumbnail".into(), Value::Unknown),
            ],
            locked: None,
        };
        let mut other = asset("a/3", "");
        other.fields.swap(0, 2);
        other.fields.push(("Notes".into(), Value::text("é")));
        (other.kind, other.locked) = ("Table".into(), Some("read only".into()));
        vec![
            asset("a/1", "Acme"),
            asset("a/2", "Acme"),
            other,
            asset("b", "Studio"),
            Asset {
                fields: Vec::new(),
                ..asset("a/1", "")
            },
        ]
    }

    #[test]
    fn assets_are_read_as_they_came() {
        let (body, sum) = pack(&assets());
        assert_eq!(unpack(&body, sum), Ok(assets()));
        let (none, sum) = pack(&[]);
        assert_eq!(unpack(&none, sum), Ok(Vec::new()));
    }

    #[test]
    fn pages_kept_by_an_earlier_version_are_read() {
        let body = page::first_format::pack(&Page::of(&assets())).unwrap();
        assert_eq!(unpack(&body, seal::of(&body)), Ok(assets()));
    }

    #[test]
    fn no_flipped_bit_and_no_cut_makes_another_page() {
        let (body, sum) = pack(&assets());
        for place in 0..body.len() * 8 {
            let mut bytes = body.clone();
            bytes[place / 8] ^= 1 << (place % 8);
            assert!(unpack(&bytes, sum).is_err(), "bit {place}");
            // Whatever it says, reading it comes to an end.
            drop(read(&bytes));
        }
        for length in 0..body.len() {
            assert_eq!(read(&body[..length]), None, "cut at {length}");
        }
    }
}
