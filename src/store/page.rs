//! Records of the first format: each distinct text once, JSON, then gzip. They are read still.

use std::{io::Read, thread};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::seal;
use crate::domain::{Asset, AssetId, FieldKey, Value};

/// More than any record of ours; a damaged length can't fill the memory.
const LIMIT: u64 = 1 << 30;

/// A thread costs more than so many records.
const FEW: usize = 16;

/// A page of assets with every distinct key, type and value once.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Page {
    keys: Vec<FieldKey>,
    kinds: Vec<String>,
    values: Vec<Value>,
    assets: Vec<Packed>,
}

/// One asset: identity, name, type, lock, then key and value in turn.
#[derive(Debug, Serialize, Deserialize)]
struct Packed(AssetId, String, u32, Option<String>, Vec<u32>);

impl Page {
    /// The assets again; `None` if a place leads nowhere.
    pub(super) fn assets(self) -> Option<Vec<Asset>> {
        let Self {
            keys,
            kinds,
            values,
            assets,
        } = self;
        assets
            .into_iter()
            .map(|Packed(id, name, kind, locked, fields)| {
                let kind = kinds.get(kind as usize)?.clone();
                let fields = fields
                    .chunks_exact(2)
                    .map(|pair| {
                        let key = keys.get(pair[0] as usize)?.clone();
                        Some((key, values.get(pair[1] as usize)?.clone()))
                    })
                    .collect::<Option<_>>()?;
                Some(Asset {
                    id,
                    name,
                    kind,
                    fields,
                    locked,
                })
            })
            .collect()
    }
}

/// Reads a page of the first format from what is within its seal. Whatever it is given, it neither
/// panics nor goes on for ever.
pub(super) fn read_page(json: &[u8]) {
    if let Ok(page) = serde_json::from_slice::<Page>(json) {
        drop(page.assets());
    }
}

/// Many records, each with its seal, by as many threads as there are processors; in their order.
pub(super) fn unpack_all<P: Sync, T: Send>(
    packed: &[(P, i64)],
    unpack: impl Fn(&P, i64) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = packed.len().div_ceil(threads).max(FEW);
    let some = |part: &[(P, i64)]| -> Result<Vec<T>, String> {
        part.iter().map(|(body, sum)| unpack(body, *sum)).collect()
    };
    let some = &some;
    if packed.len() <= FEW {
        return some(packed);
    }
    thread::scope(|scope| {
        let parts: Vec<_> = packed
            .chunks(share)
            .map(|part| scope.spawn(move || some(part)))
            .collect();
        let mut all = Vec::with_capacity(packed.len());
        for part in parts {
            let part = part.join();
            all.extend(part.map_err(|_| "a record could not be read".to_owned())??);
        }
        Ok(all)
    })
}

/// What was packed, if its seal is whole.
pub(super) fn unpack<T: DeserializeOwned>(body: &[u8], sum: i64) -> Result<T, String> {
    if seal::of(body) != sum {
        return Err("a record does not fit its check sum".to_owned());
    }
    let mut text = Vec::new();
    GzDecoder::new(body)
        .take(LIMIT)
        .read_to_end(&mut text)
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

/// How the first format was written: what the tests of reading it need.
#[cfg(test)]
pub(super) mod first_format {
    use std::{collections::HashMap, hash::Hash, io::Write};

    use flate2::{Compression, write::GzEncoder};

    use super::{Asset, Packed, Page, Serialize};

    impl Page {
        /// Folds assets together.
        pub(in crate::store) fn of(assets: &[Asset]) -> Self {
            let (mut keys, mut kinds, mut values) = (Known::new(), Known::new(), Known::new());
            let assets = assets
                .iter()
                .map(|asset| {
                    let fields = asset
                        .fields
                        .iter()
                        .flat_map(|(key, value)| [keys.place(key), values.place(value)])
                        .collect();
                    let (id, name) = (asset.id.clone(), asset.name.clone());
                    Packed(
                        id,
                        name,
                        kinds.place(&asset.kind),
                        asset.locked.clone(),
                        fields,
                    )
                })
                .collect();
            Self {
                keys: keys.list,
                kinds: kinds.list,
                values: values.list,
                assets,
            }
        }
    }

    /// Distinct things in the order they came.
    struct Known<T> {
        list: Vec<T>,
        places: HashMap<T, u32>,
    }

    impl<T: Clone + Eq + Hash> Known<T> {
        fn new() -> Self {
            Self {
                list: Vec::new(),
                places: HashMap::new(),
            }
        }

        fn place(&mut self, thing: &T) -> u32 {
            if let Some(&place) = self.places.get(thing) {
                return place;
            }
            let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
            self.list.push(thing.clone());
            self.places.insert(thing.clone(), place);
            place
        }
    }

    /// JSON, compressed.
    pub(in crate::store) fn pack(content: &impl Serialize) -> Result<Vec<u8>, String> {
        // At one go: the encoder clears its whole buffer for every piece it is given.
        let text = serde_json::to_vec(content).map_err(|error| error.to_string())?;
        let room = Vec::with_capacity(text.len() / 4 + 64);
        let mut encoder = GzEncoder::new(room, Compression::fast());
        encoder
            .write_all(&text)
            .map_err(|error| error.to_string())?;
        encoder.finish().map_err(|error| error.to_string())
    }
}
