//! Names of glossaries: a listing tells them, reading a term anew may not.

use std::collections::HashMap;

use crate::domain::{Asset, AssetId, FieldKey, Value};

/// The names seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Glossaries(HashMap<AssetId, String>);

impl Glossaries {
    /// Remembers the names these assets tell, and names the glossaries they leave unnamed.
    pub(super) fn name(&mut self, assets: &mut [Asset]) {
        let key = FieldKey::from("anchor");
        for asset in assets {
            if asset.kind == "AtlasGlossary" {
                self.0.insert(asset.id.clone(), asset.name.clone());
            }
            for (field, value) in &mut asset.fields {
                let Value::Asset { id, name } = value else {
                    continue;
                };
                if *field != key {
                    continue;
                }
                if name.is_empty() {
                    *name = self.0.get(id).cloned().unwrap_or_default();
                } else {
                    self.0.insert(id.clone(), name.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(glossary: &str) -> Asset {
        let anchor = Value::Asset {
            id: "g".into(),
            name: glossary.to_owned(),
        };
        Asset {
            id: "t".into(),
            name: "Basket".to_owned(),
            kind: "AtlasGlossaryTerm".to_owned(),
            fields: vec![("anchor".into(), anchor)],
            locked: None,
        }
    }

    #[test]
    fn a_glossary_keeps_the_name_it_was_listed_with() {
        let mut glossaries = Glossaries::default();
        glossaries.name(&mut [term("Retail")]);
        let mut fresh = [term("")];
        glossaries.name(&mut fresh);
        assert_eq!(fresh[0].value(&"anchor".into()).display(), "Retail");
    }
}
