//! The frozen changes of a run as bytes: what a change has in common with the one before it is
//! told by a bit.

use super::{
    bytes::{Reading, Sheet},
    page, seal,
};
use crate::domain::{AssetId, FieldKey, FieldKind, Item, TagDelta, Value};

/// The first byte of a record. Records of the first format are compressed JSON, which begins
/// otherwise.
const KIND: u8 = 2;

/// The same of records that do not say what the fields hold: it is taken for text.
const WITHOUT_VALUE_KINDS: u8 = 1;

/// What is as in the change before.
mod same {
    pub(super) const ASSET: u8 = 1;
    pub(super) const KIND: u8 = 2;
    pub(super) const FIELD: u8 = 4;
    pub(super) const BEFORE: u8 = 8;
    pub(super) const WANTED: u8 = 16;
    pub(super) const DELTA: u8 = 32;
    pub(super) const FACTS: u8 = 64;
}

/// What stands before the first change.
fn nothing() -> Item {
    Item {
        row: 0,
        asset: AssetId::new(""),
        name: String::new(),
        kind: String::new(),
        field: FieldKey::new(""),
        value_kind: FieldKind::Text,
        before: Value::Absent,
        wanted: Value::Absent,
        delta: None,
        facts: Vec::new(),
    }
}

/// Changes, and the seal of them.
pub(super) fn pack(items: &[Item]) -> (Vec<u8>, i64) {
    let mut sheet = Sheet::of(KIND);
    sheet.number(items.len() as u64);
    let first = nothing();
    for (item, before) in items.iter().zip(std::iter::once(&first).chain(items)) {
        put(&mut sheet, item, before);
    }
    let body = sheet.done();
    let sum = seal::wide(&body);
    (body, sum)
}

fn put(sheet: &mut Sheet, item: &Item, before: &Item) {
    let is = |same: bool, bit: u8| if same { bit } else { 0 };
    let flags = is(
        item.asset == before.asset && item.name == before.name && item.row == before.row,
        same::ASSET,
    ) | is(item.kind == before.kind, same::KIND)
        | is(
            item.field == before.field && item.value_kind == before.value_kind,
            same::FIELD,
        )
        | is(item.before == before.before, same::BEFORE)
        | is(item.wanted == before.wanted, same::WANTED)
        | is(item.delta == before.delta, same::DELTA)
        | is(item.facts == before.facts, same::FACTS);
    let differs = |bit: u8| flags & bit == 0;
    sheet.byte(flags);
    if differs(same::ASSET) {
        sheet.number(item.row.into());
        sheet.following(item.asset.as_str(), before.asset.as_str());
        sheet.following(&item.name, &before.name);
    }
    if differs(same::KIND) {
        sheet.text(&item.kind);
    }
    if differs(same::FIELD) {
        sheet.text(item.field.as_str());
        sheet.byte(code(item.value_kind));
    }
    if differs(same::BEFORE) {
        sheet.value(&item.before);
    }
    if differs(same::WANTED) {
        sheet.value(&item.wanted);
    }
    if differs(same::DELTA) {
        sheet.byte(u8::from(item.delta.is_some()));
        let none = TagDelta::default();
        let delta = item.delta.as_ref().unwrap_or(&none);
        sheet.texts(&delta.add);
        sheet.texts(&delta.remove);
    }
    if differs(same::FACTS) {
        sheet.number(item.facts.len() as u64);
        for (key, value) in &item.facts {
            sheet.text(key.as_str());
            sheet.value(value);
        }
    }
}

/// Changes again, if they are what was packed; of either format.
pub(super) fn unpack(body: &[u8], sum: i64) -> Result<Vec<Item>, String> {
    let Some(kind @ (KIND | WITHOUT_VALUE_KINDS)) = body.first().copied() else {
        return page::unpack(body, sum);
    };
    if seal::wide(body) != sum {
        return Err("a record does not fit its check sum".to_owned());
    }
    read(kind, body).ok_or_else(|| "the changes of a run do not fit together".to_owned())
}

fn read(kind: u8, body: &[u8]) -> Option<Vec<Item>> {
    let mut reading = Reading::of(kind, body)?;
    let count = reading.count()?;
    let mut last = nothing();
    let (mut id, mut items) = (String::new(), Vec::with_capacity(count));
    for _ in 0..count {
        take(&mut reading, &mut last, (&mut id, kind))?;
        items.push(last.clone());
    }
    reading.is_over().then_some(items)
}

/// Makes the change before into the one that follows it.
fn take(reading: &mut Reading<'_>, item: &mut Item, (id, kind): (&mut String, u8)) -> Option<()> {
    let flags = reading.byte()?;
    let differs = |bit: u8| flags & bit == 0;
    if differs(same::ASSET) {
        item.row = u32::try_from(reading.number()?).ok()?;
        reading.following(id)?;
        item.asset = AssetId::new(id.as_str());
        reading.following(&mut item.name)?;
    }
    if differs(same::KIND) {
        reading.text()?.clone_into(&mut item.kind);
    }
    if differs(same::FIELD) {
        item.field = FieldKey::new(reading.text()?);
        if kind == KIND {
            item.value_kind = decoded(reading.byte()?)?;
        }
    }
    if differs(same::BEFORE) {
        item.before = reading.value()?;
    }
    if differs(same::WANTED) {
        item.wanted = reading.value()?;
    }
    if differs(same::DELTA) {
        let is_there = reading.byte()? == 1;
        let (add, remove) = (reading.texts()?, reading.texts()?);
        item.delta = is_there.then_some(TagDelta { add, remove });
    }
    if differs(same::FACTS) {
        let count = reading.count()?;
        let fact = |_| Some((FieldKey::new(reading.text()?), reading.value()?));
        item.facts = (0..count).map(fact).collect::<Option<_>>()?;
    }
    Some(())
}

/// What a field holds, as a byte that never changes its meaning.
const CODES: [(FieldKind, u8); 9] = [
    (FieldKind::Text, 0),
    (FieldKind::Integer, 1),
    (FieldKind::Number, 2),
    (FieldKind::Boolean, 3),
    (FieldKind::Date, 4),
    (FieldKind::Tag, 5),
    (FieldKind::Tags, 6),
    (FieldKind::Certificate, 7),
    (FieldKind::Asset, 8),
];

fn code(kind: FieldKind) -> u8 {
    let of = |(known, code): &(FieldKind, u8)| (*known == kind).then_some(*code);
    CODES.iter().find_map(of).unwrap_or_default()
}

fn decoded(byte: u8) -> Option<FieldKind> {
    let of = |(kind, code): &(FieldKind, u8)| (*code == byte).then_some(*kind);
    CODES.iter().find_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Certificate, CertificateStatus};

    fn items() -> Vec<Item> {
        let one = Item {
            row: 70_000,
            asset: "a|éé".into(),
            name: "PNT é".into(),
            kind: "Image".into(),
            field: "Rights".into(),
            value_kind: FieldKind::Text,
            before: Value::Unknown,
            wanted: Value::text("Acme"),
            delta: None,
            facts: Vec::new(),
        };
        let delta = TagDelta {
            add: vec!["outerwear".into()],
            remove: Vec::new(),
        };
        let certificate = Value::Certificate(Certificate {
            status: CertificateStatus::Deprecated,
            message: "gone".into(),
        });
        let (other, both) = (
            Item {
                row: 3,
                asset: "a|éö".into(),
                name: "PNT ö".into(),
                before: Value::list(["outer", "wear"]),
                delta: Some(delta.clone()),
                ..one.clone()
            },
            Item {
                field: "certificate".into(),
                value_kind: FieldKind::Certificate,
                wanted: certificate,
                facts: vec![("qualifiedName".into(), Value::text("q/1"))],
                delta: Some(delta),
                ..one.clone()
            },
        );
        let plain = Item {
            kind: "Table".into(),
            delta: Some(TagDelta::default()),
            ..one.clone()
        };
        vec![
            one.clone(),
            other.clone(),
            other,
            both.clone(),
            both,
            plain,
            one,
        ]
    }

    #[test]
    fn changes_are_read_as_they_were_frozen() {
        let (body, sum) = pack(&items());
        assert_eq!(unpack(&body, sum), Ok(items()));
        let (none, sum) = pack(&[]);
        assert_eq!(unpack(&none, sum), Ok(Vec::new()));
    }

    #[test]
    fn changes_frozen_by_an_earlier_version_are_read() {
        let body = page::first_format::pack(&items()).unwrap();
        assert_eq!(unpack(&body, seal::of(&body)), Ok(items()));
    }

    /// Two fields of two assets, frozen before records said what fields hold.
    #[test]
    fn changes_frozen_before_they_said_what_fields_hold_are_read_as_text() {
        let body: Vec<u8> = [
            "010460000002613100034f6e6505496d61676504796561720204313939390204323030317601010132",
            "000354776f020432303030420001013100034f6e650474616773030101780302017801790101017900",
            "7e01010132000354776f",
        ]
        .concat()
        .as_bytes()
        .chunks(2)
        .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap())
        .collect();
        let items = unpack(&body, 3_304_066_713_503_270_596).unwrap();
        let told: Vec<_> = items
            .iter()
            .map(|item| {
                (
                    item.asset.as_str(),
                    item.field.as_str(),
                    item.wanted.display(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("a1", "year", "2001".into()),
                ("a2", "year", "2001".into()),
                ("a1", "tags", "x; y".into()),
                ("a2", "tags", "x; y".into()),
            ]
        );
        assert!(items.iter().all(|item| item.value_kind == FieldKind::Text));
    }

    #[test]
    fn no_flipped_bit_and_no_cut_makes_another_change() {
        let (body, sum) = pack(&items());
        for place in 0..body.len() * 8 {
            let mut bytes = body.clone();
            bytes[place / 8] ^= 1 << (place % 8);
            assert!(unpack(&bytes, sum).is_err(), "bit {place}");
            // Whatever it says, reading it comes to an end.
            drop(read(KIND, &bytes));
        }
        for length in 0..body.len() {
            assert!(unpack(&body[..length], sum).is_err(), "cut at {length}");
            assert_eq!(read(KIND, &body[..length]), None, "cut at {length}");
        }
    }
}
