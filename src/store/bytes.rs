//! Plain bytes: numbers, texts and values one behind the other. What repeats the record before it
//! costs a byte or two.
//!
//! Reading trusts nothing: every length is held against what is left.

use crate::domain::{AssetId, Certificate, CertificateStatus, Value};

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Sheet(Vec<u8>);

impl Sheet {
    /// One that begins with a byte that says what it is.
    pub(super) fn of(kind: u8) -> Self {
        Self(vec![kind])
    }

    /// What was written.
    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A text that often begins as the one before it.
    pub(super) fn following(&mut self, text: &str, before: &str) {
        let pairs = text.bytes().zip(before.bytes());
        let shared = pairs.take_while(|(left, right)| left == right).count();
        self.number(shared as u64);
        self.number((text.len() - shared) as u64);
        self.0.extend_from_slice(&text.as_bytes()[shared..]);
    }

    pub(super) fn texts(&mut self, texts: &[String]) {
        self.number(texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Absent => self.byte(0),
            Value::Unknown => self.byte(1),
            Value::Text(text) => {
                self.byte(2);
                self.text(text);
            }
            Value::List(entries) => {
                self.byte(3);
                self.texts(entries);
            }
            Value::Certificate(certificate) => {
                let all = CertificateStatus::ALL;
                let place = all.iter().position(|one| *one == certificate.status);
                self.byte(4);
                self.number(place.unwrap_or_default() as u64);
                self.text(&certificate.message);
            }
            Value::Asset { id, name } => {
                self.byte(5);
                self.text(id.as_str());
                self.text(name);
            }
        }
    }
}

/// Bytes being read; `None` wherever they do not fit together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a>(&'a [u8]);

impl<'a> Reading<'a> {
    /// From the beginning, which must say that it is of this kind.
    pub(super) fn of(kind: u8, bytes: &'a [u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first()?;
        (*first == kind).then_some(Self(rest))
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// How many things follow; each takes a byte at least.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let count = self.count()?;
        str::from_utf8(self.take(count)?).ok()
    }

    /// Makes the text before into the one that follows it.
    pub(super) fn following(&mut self, text: &mut String) -> Option<()> {
        let shared = usize::try_from(self.number()?).ok()?;
        let count = self.count()?;
        let rest = self.take(count)?;
        // A letter may be cut in two where texts part.
        let mut bytes = std::mem::take(text).into_bytes();
        (shared <= bytes.len()).then_some(())?;
        bytes.truncate(shared);
        bytes.extend_from_slice(rest);
        *text = String::from_utf8(bytes).ok()?;
        Some(())
    }

    pub(super) fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.count()?;
        let texts = (0..count).map(|_| self.text().map(str::to_owned));
        texts.collect()
    }

    pub(super) fn value(&mut self) -> Option<Value> {
        Some(match self.byte()? {
            0 => Value::Absent,
            1 => Value::Unknown,
            2 => Value::Text(self.text()?.to_owned()),
            3 => Value::List(self.texts()?),
            4 => Value::Certificate(Certificate {
                status: *CertificateStatus::ALL.get(usize::try_from(self.number()?).ok()?)?,
                message: self.text()?.to_owned(),
            }),
            5 => Value::Asset {
                id: AssetId::new(self.text()?),
                name: self.text()?.to_owned(),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let status = (0..3usize).prop_map(|place| CertificateStatus::ALL[place]);
        prop_oneof![
            Just(Value::Absent),
            Just(Value::Unknown),
            ".*".prop_map(Value::Text),
            prop::collection::vec(".*", 0..4).prop_map(Value::List),
            (status, ".*").prop_map(|(status, message)| {
                Value::Certificate(Certificate { status, message })
            }),
            (".*", ".*").prop_map(|(id, name)| Value::Asset {
                id: AssetId::new(id),
                name,
            }),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(
            number: u64,
            texts in prop::collection::vec(".*", 1..6),
            values in prop::collection::vec(values(), 0..6),
        ) {
            let mut sheet = Sheet::of(7);
            sheet.number(number);
            let mut before = String::new();
            for text in &texts {
                sheet.following(text, &before);
                before.clone_from(text);
            }
            for value in &values {
                sheet.value(value);
            }
            let bytes = sheet.done();
            let mut reading = Reading::of(7, &bytes).unwrap();
            prop_assert_eq!(reading.number(), Some(number));
            let mut text = String::new();
            for wanted in &texts {
                reading.following(&mut text).unwrap();
                prop_assert_eq!(&text, wanted);
            }
            for wanted in &values {
                let value = reading.value();
                prop_assert_eq!(value.as_ref(), Some(wanted));
            }
            prop_assert!(reading.is_over());
        }

        #[test]
        fn bytes_of_anybody_are_read_to_an_end(bytes: Vec<u8>) {
            let mut reading = Reading(&bytes);
            let mut text = String::new();
            while !reading.is_over() && reading.value().is_some() {
                if reading.following(&mut text).is_none() {
                    break;
                }
            }
        }
    }
}
