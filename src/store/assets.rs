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
/// The first byte of a page that names assets that are gone.
const GONE: u8 = 5;
/// The first byte of a page that says when the listing was what the library was.
const AGREED: u8 = 6;

/// A page as it is kept, with its seal. Any thread may make one, best the one that has just read
/// its assets.
#[derive(Clone, Debug)]
pub struct PackedPage {
    pub(super) body: Vec<u8>,
    pub(super) sum: i64,
    pub(super) is_empty: bool,
}

/// What a page tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// These assets came.
    Came(Vec<Asset>),
    /// These assets are gone.
    Gone(Vec<AssetId>),
    /// With all that was told before, the listing is what the library was then, milliseconds since
    /// 1970.
    Agreed(i64),
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

    /// Assets that are gone.
    pub fn gone(ids: &[AssetId]) -> Self {
        let mut sheet = Sheet::of(GONE);
        sheet.number(ids.len() as u64);
        let mut before = "";
        for id in ids {
            sheet.following(id.as_str(), before);
            before = id.as_str();
        }
        Self::sealed(sheet.done(), ids.is_empty())
    }

    /// The listing is what the library was then.
    pub(super) fn agreed(at_ms: i64) -> Self {
        let mut sheet = Sheet::of(AGREED);
        sheet.number(at_ms.cast_unsigned());
        Self::sealed(sheet.done(), false)
    }

    fn sealed(body: Vec<u8>, is_empty: bool) -> Self {
        Self {
            sum: seal::wide(&body),
            body,
            is_empty,
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

/// A page again, if it is what was packed; of any format.
pub(super) fn unpack(body: &[u8], sum: i64) -> Result<Kept, String> {
    let unfit = || "a page does not fit together".to_owned();
    let reads: fn(&[u8]) -> Option<Kept> = match body.first() {
        Some(&KIND) => |body| read(body).map(Kept::Came),
        Some(&GONE) => |body| read_gone(body).map(Kept::Gone),
        Some(&AGREED) => |body| read_agreed(body).map(Kept::Agreed),
        _ => {
            let page: Page = page::unpack(body, sum)?;
            return page.assets().map(Kept::Came).ok_or_else(unfit);
        }
    };
    if seal::wide(body) != sum {
        return Err("a record does not fit its check sum".to_owned());
    }
    reads(body).ok_or_else(unfit)
}

/// Reads a page from what is within its seal: a door for fuzzing. Whatever it is given, it neither
/// panics nor goes on for ever.
#[doc(hidden)]
pub fn read_page(body: &[u8]) {
    drop((read(body), read_gone(body), read_agreed(body)));
    page::read_page(body);
}

fn read_gone(body: &[u8]) -> Option<Vec<AssetId>> {
    let mut reading = Reading::of(GONE, body)?;
    let count = reading.count()?;
    let mut id = String::new();
    let ids = (0..count).map(|_| {
        reading
            .following(&mut id)
            .map(|()| AssetId::new(id.as_str()))
    });
    let ids: Vec<AssetId> = ids.collect::<Option<_>>()?;
    reading.is_over().then_some(ids)
}

fn read_agreed(body: &[u8]) -> Option<i64> {
    let mut reading = Reading::of(AGREED, body)?;
    let at_ms = reading.number()?.cast_signed();
    reading.is_over().then_some(at_ms)
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
        assert_eq!(unpack(&body, sum), Ok(Kept::Came(assets())));
        let (none, sum) = pack(&[]);
        assert_eq!(unpack(&none, sum), Ok(Kept::Came(Vec::new())));
    }

    #[test]
    fn what_went_and_when_all_agreed_is_read_as_it_was_told() {
        let gone = ["a/1", "a/2", "b"].map(AssetId::from).to_vec();
        let page = PackedPage::gone(&gone);
        assert_eq!(unpack(&page.body, page.sum), Ok(Kept::Gone(gone)));
        for at_ms in [0, 1_790_000_000_000, -5, i64::MIN] {
            let page = PackedPage::agreed(at_ms);
            assert_eq!(unpack(&page.body, page.sum), Ok(Kept::Agreed(at_ms)));
        }
    }

    #[test]
    fn pages_kept_by_an_earlier_version_are_read() {
        let body = page::first_format::pack(&Page::of(&assets())).unwrap();
        assert_eq!(unpack(&body, seal::of(&body)), Ok(Kept::Came(assets())));
    }

    #[test]
    fn no_flipped_bit_and_no_cut_makes_another_page() {
        let gone = PackedPage::gone(&["a/1".into(), "a/2".into()]);
        for page in [PackedPage::of(&assets()), gone, PackedPage::agreed(77)] {
            let (body, sum) = (page.body, page.sum);
            for place in 0..body.len() * 8 {
                let mut bytes = body.clone();
                bytes[place / 8] ^= 1 << (place % 8);
                assert!(unpack(&bytes, sum).is_err(), "bit {place}");
                // Whatever it says, reading it comes to an end.
                read_page(&bytes);
            }
            for length in 0..body.len() {
                let cut = &body[..length];
                let read = (read(cut), read_gone(cut), read_agreed(cut));
                assert_eq!(read, (None, None, None), "cut at {length}");
            }
        }
    }
}
