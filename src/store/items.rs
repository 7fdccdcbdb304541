//! The frozen changes of a run as bytes: what a change has in common with the one before it is
//! told by a bit.

use super::{
    bytes::{Reading, Sheet},
    page, seal,
};
use crate::domain::{AssetId, FieldKey, Item, TagDelta, Value};

/// The first byte of a record. Records of the first format are compressed JSON, which begins
/// otherwise.
const KIND: u8 = 1;

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
        | is(item.field == before.field, same::FIELD)
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
    if body.first() != Some(&KIND) {
        return page::unpack(body, sum);
    }
    if seal::wide(body) != sum {
        return Err("a record does not fit its check sum".to_owned());
    }
    read(body).ok_or_else(|| "the changes of a run do not fit together".to_owned())
}

fn read(body: &[u8]) -> Option<Vec<Item>> {
    let mut reading = Reading::of(KIND, body)?;
    let count = reading.count()?;
    let mut last = nothing();
    let (mut id, mut items) = (String::new(), Vec::with_capacity(count));
    for _ in 0..count {
        take(&mut reading, &mut last, &mut id)?;
        items.push(last.clone());
    }
    reading.is_over().then_some(items)
}

/// Makes the change before into the one that follows it.
fn take(reading: &mut Reading<'_>, item: &mut Item, id: &mut String) -> Option<()> {
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

    #[test]
    fn no_flipped_bit_and_no_cut_makes_another_change() {
        let (body, sum) = pack(&items());
        for place in 0..body.len() * 8 {
            let mut bytes = body.clone();
            bytes[place / 8] ^= 1 << (place % 8);
            assert!(unpack(&bytes, sum).is_err(), "bit {place}");
            // Whatever it says, reading it comes to an end.
            drop(read(&bytes));
        }
        for length in 0..body.len() {
            assert!(unpack(&body[..length], sum).is_err(), "cut at {length}");
            assert_eq!(read(&body[..length]), None, "cut at {length}");
        }
    }
}
