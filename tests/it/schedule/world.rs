//! What the model server has: values, rules, and somebody else who is at work on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use armarius::{
    domain::{AssetId, FieldKey, Item, Outcome, Value},
    endpoint::{Call, EndpointError, Said},
};

use super::{
    dice::Dice,
    fate::{self, Fate, How, ReadFate, Which},
    log::{Entry, Key, Log, Seen},
    scene::{Mix, Rules, key},
};

pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) values: BTreeMap<Key, Value>,
    pub(super) gone: BTreeSet<AssetId>,
    pub(super) rules: Rules,
    pub(super) mix: Mix,
    pub(super) items: Vec<Item>,
    pub(super) places: BTreeMap<Key, u32>,
    pub(super) limit: Duration,
    pub(super) requests: usize,
    pub(super) signed_out: bool,
    pub(super) log: Log,
}

impl World {
    pub(super) fn arrived(&mut self) -> usize {
        self.requests += 1;
        if self.requests == self.mix.calm_after {
            self.log.put(Entry::Calm);
        }
        self.requests
    }

    pub(super) fn is_calm(&self) -> bool {
        self.requests >= self.mix.calm_after
    }

    pub(super) fn is_faulty(&mut self) -> bool {
        !self.is_calm() && self.dice.permille(self.mix.faults)
    }

    pub(super) fn fate(&mut self) -> Fate {
        let faulty = self.is_faulty();
        let plain = Fate::plain(&mut self.dice);
        if self.signed_out {
            return Fate {
                name: "signed out",
                at: None,
                instead: Some(fate::signed_out()),
                ..plain
            };
        }
        if faulty {
            Fate::drawn(&mut self.dice, self.limit)
        } else {
            plain
        }
    }

    pub(super) fn read_fate(&mut self) -> ReadFate {
        let faulty = self.is_faulty();
        let plain = ReadFate::plain(&mut self.dice);
        if self.signed_out {
            return ReadFate {
                instead: Some(fate::signed_out()),
                ..plain
            };
        }
        if faulty {
            ReadFate::drawn(&mut self.dice, self.limit)
        } else {
            plain
        }
    }

    pub(super) fn places_of(&self, ids: &[AssetId], thumbnails: bool) -> Vec<u32> {
        let places = (0u32..).zip(&self.items).filter(|(_, item)| {
            ids.contains(&item.asset) && (item.field == FieldKey::thumbnail()) == thumbnails
        });
        places.map(|(place, _)| place).collect()
    }

    pub(super) fn places_in(&self, call: &Call) -> Vec<u32> {
        let place = |item: &Item| {
            let place = self.places.get(&key(item)).copied();
            let place = place.unwrap_or_else(|| panic!("{item:?} is not in the run"));
            assert_eq!(item, &self.items[place as usize], "sent as it was frozen");
            place
        };
        call.items.iter().map(place).collect()
    }

    pub(super) fn see(&mut self, ids: &[AssetId], thumbnails: bool) -> Vec<(u32, Seen)> {
        let places = self.places_of(ids, thumbnails);
        let seen = places.into_iter().map(|place| {
            let key = key(&self.items[place as usize]);
            let unreadable = thumbnails && !self.is_calm() && self.dice.permille(100);
            let seen = match self.gone.contains(&key.0) {
                true if thumbnails => Seen::Unreadable,
                true => Seen::Missing,
                false if unreadable => Seen::Unreadable,
                false => Seen::Value(self.values.get(&key).cloned().unwrap_or_default()),
            };
            (place, seen)
        });
        seen.collect()
    }

    /// Carries a call out; says what of it.
    pub(super) fn write(
        &mut self,
        request: usize,
        places: &[u32],
        how: How,
    ) -> Result<Vec<Said>, EndpointError> {
        self.nemesis();
        let judged: Vec<_> = places.iter().map(|&place| self.judge(place)).collect();
        let odd = self.dice.below(places.len());
        self.whole(places, &judged, how)?;
        let limit = if how.half {
            places.len() / 2
        } else {
            places.len()
        };
        let mut said = Vec::new();
        for (at, (&place, judged)) in places.iter().zip(judged).enumerate() {
            let is_odd = at == odd;
            let pretends =
                how.pretends == Some(Which::All) || (how.pretends == Some(Which::One) && is_odd);
            let judged = match judged {
                Ok(()) if how.refuses && is_odd => Err(("30000", "try it another day")),
                judged => judged,
            };
            if judged.is_ok() && !pretends && at < limit {
                self.apply(request, place, how.otherwise);
            }
            if how.omits && is_odd {
                continue;
            }
            let (mut outcome, code, reason) = match judged {
                Ok(()) if how.denies && is_odd => (Outcome::Refused, "30000", "an exception"),
                Ok(()) if how.remarks && is_odd => (Outcome::Warned, "1", "a remark"),
                Ok(()) => (Outcome::Applied, "", ""),
                Err((code, reason)) => (Outcome::Refused, code, reason),
            };
            if how.vague {
                outcome = Outcome::Unknown;
            }
            said.push(Said {
                item: at,
                outcome,
                code: code.into(),
                reason: reason.into(),
                meaning: String::new(),
            });
        }
        Ok(said)
    }

    /// Whether the call as a whole is taken.
    pub(super) fn whole(
        &self,
        places: &[u32],
        judged: &[Result<(), (&'static str, &'static str)>],
        how: How,
    ) -> Result<(), EndpointError> {
        let of = |place: &u32| &self.items[*place as usize].asset;
        if places
            .iter()
            .any(|place| self.rules.unsendable.contains(of(place)))
        {
            let why = "a character that can't be sent".into();
            return Err(EndpointError::NotSendable { why });
        }
        let refused = |code: &str, why: &str| {
            let (code, why) = (code.to_owned(), why.to_owned());
            Err(EndpointError::Refused { code, why })
        };
        if self
            .rules
            .longest
            .is_some_and(|longest| places.len() > longest)
        {
            return refused("413", "too large");
        }
        if !self.rules.all_or_nothing {
            return Ok(());
        }
        if how.refuses {
            return refused("400", "try it another day");
        }
        let bad = judged.iter().position(Result::is_err);
        let Some((bad, (code, why))) = bad.and_then(|bad| Some((bad, judged[bad].err()?))) else {
            return Ok(());
        };
        if self.rules.names {
            let culprit = of(&places[bad]);
            let items = (0..places.len()).filter(|&at| of(&places[at]) == culprit);
            Err(EndpointError::PoisonedBy {
                items: items.collect(),
                code: code.into(),
                why: why.into(),
            })
        } else if code == "20009" {
            let (code, why) = ("403".into(), why.into());
            Err(EndpointError::Forbidden { code, why })
        } else {
            refused("400", why)
        }
    }

    pub(super) fn judge(&self, place: u32) -> Result<(), (&'static str, &'static str)> {
        let asset = &self.items[place as usize].asset;
        if self.gone.contains(asset) {
            Err(("30001", "there is no such asset"))
        } else if self.rules.forbidden.contains(asset) {
            Err(("20009", "no permission"))
        } else if self.rules.poisoned.contains(asset) {
            Err(("30001", "Tag value 'Banana' not found."))
        } else {
            Ok(())
        }
    }

    pub(super) fn apply(&mut self, request: usize, place: u32, otherwise: bool) {
        let item = &self.items[place as usize];
        let key = key(item);
        let now = self.values.get(&key).cloned().unwrap_or_default();
        let value = match (&item.delta, &item.wanted) {
            (Some(delta), _) => {
                let goes = |tag: &&String| !otherwise && delta.remove.contains(tag);
                let kept = now.entries().iter().filter(|tag| !goes(tag));
                Value::list(kept.chain(&delta.add).cloned())
            }
            (None, Value::Text(text)) if otherwise => Value::text(format!("{text}~")),
            (None, Value::List(tags)) if otherwise => Value::list(&tags[..1]),
            (None, wanted) => wanted.clone(),
        };
        self.values.insert(key, value.clone());
        self.log.put(Entry::Wrote {
            request,
            place,
            value,
        });
    }

    /// Somebody else may be at work.
    pub(super) fn nemesis(&mut self) {
        if self.is_calm() {
            return;
        }
        if self.dice.permille(self.mix.removals) {
            let at = self.dice.below(self.items.len());
            let asset = self.items[at].asset.clone();
            if self.gone.insert(asset.clone()) {
                self.log.put(Entry::Removed(asset));
            }
        }
        if !self.dice.permille(self.mix.outside) {
            return;
        }
        let (key, value) = self.edit();
        if self.gone.contains(&key.0) || self.values.get(&key) == Some(&value) {
            return;
        }
        self.values.insert(key.clone(), value.clone());
        self.log.put(Entry::Outside(key, value));
    }

    pub(super) fn edit(&mut self) -> (Key, Value) {
        let at = self.dice.below(self.items.len());
        if self.dice.permille(200) {
            // A field the run has nothing to do with, or perhaps has.
            let asset = self.items[at].asset.clone();
            let field = self.dice.of(&["Title", "Rights"]).into();
            return ((asset, field), Value::text("theirs"));
        }
        let number = self.requests;
        let item = &self.items[at];
        let theirs = match item.field.as_str() {
            "Keywords" => Value::list(["coat", "old", "theirs"]),
            "thumbnail" => Value::Asset {
                id: "theirs".into(),
                name: String::new(),
            },
            _ => Value::text(format!("theirs {number}")),
        };
        let known = match &item.before {
            Value::Unknown => Value::Absent,
            Value::Absent
            | Value::Text(_)
            | Value::List(_)
            | Value::Certificate(_)
            | Value::Asset { .. } => item.before.clone(),
        };
        let choices = [theirs.clone(), theirs, known, item.wanted.clone()];
        (key(item), self.dice.of(&choices))
    }
}
