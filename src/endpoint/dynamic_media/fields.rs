//! The fields people see, and the way back from their names to handles.

use std::collections::HashMap;

use crate::domain::{Field, FieldKey, FieldKind, Offer, Schema, text::fold};

use super::definition::Definition;

/// What the service keeps of every asset, shown but not edited: name and kind.
const SYSTEM_FIELDS: [(&str, FieldKind); 11] = [
    ("folder", FieldKind::Text),
    ("file", FieldKind::Text),
    ("published", FieldKind::Boolean),
    ("created", FieldKind::Date),
    ("created by", FieldKind::Text),
    ("modified", FieldKind::Date),
    ("modified by", FieldKind::Text),
    ("subtype", FieldKind::Text),
    ("width", FieldKind::Integer),
    ("height", FieldKind::Integer),
    ("size", FieldKind::Integer),
];

/// Places in [`SYSTEM_FIELDS`].
#[derive(Clone, Copy, Debug)]
pub(super) enum System {
    Folder,
    File,
    Published,
    Created,
    CreatedBy,
    Modified,
    ModifiedBy,
    Subtype,
    Width,
    Height,
    Size,
}

/// The profile's names for the two fields that carry certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CertificateNames {
    /// The field of the status.
    pub(super) status: Option<String>,
    /// The field of the message.
    pub(super) message: Option<String>,
}

/// What one name on the service's side stands for.
#[derive(Clone, Debug)]
struct Named {
    key: FieldKey,
    places: Vec<usize>,
    hidden: bool,
}

/// All fields of a company.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    definitions: Vec<Definition>,
    by_name: HashMap<String, Named>,
    by_key: HashMap<FieldKey, String>,
    system: Vec<Option<FieldKey>>,
    thumbnail_key: FieldKey,
    certificate_key: FieldKey,
    certificate: Option<(String, String)>,
    /// Whether certificates are offered.
    pub(super) certificates: Offer,
    /// The fields as screens show them.
    pub(super) schema: Schema,
}

impl Fields {
    /// Sorts the service's definitions into fields; `certificate` names the two that carry
    /// certificates.
    pub(super) fn new(definitions: Vec<Definition>, certificate: &CertificateNames) -> Self {
        let mut fields = Self {
            definitions,
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            system: Vec::new(),
            thumbnail_key: FieldKey::thumbnail(),
            certificate_key: FieldKey::certificate(),
            certificate: None,
            certificates: Offer::Yes,
            schema: Schema::default(),
        };
        match fields.certificate_fields(certificate) {
            Ok(pair) => fields.certificate = Some(pair),
            Err(reason) => fields.certificates = Offer::No(reason),
        }
        fields.name_all();
        fields.describe_all();
        fields
    }

    /// The field a value's name stands for; `None` if it is hidden. A name without a definition
    /// stands for itself.
    pub(super) fn key_of(&self, name: &str) -> Option<FieldKey> {
        match self.by_name.get(name) {
            Some(named) if named.hidden => None,
            Some(named) => Some(named.key.clone()),
            None => Some(FieldKey::new(name)),
        }
    }

    /// The names of the two certificate fields.
    pub(super) fn certificate(&self) -> Option<(&str, &str)> {
        let (status, message) = self.certificate.as_ref()?;
        Some((status, message))
    }

    /// A field kept by the service; `None` if its metadata says the same under that name.
    pub(super) fn system(&self, which: System) -> Option<FieldKey> {
        self.system[which as usize].clone()
    }

    /// The thumbnail's key, shared by all assets.
    pub(super) fn thumbnail_key(&self) -> FieldKey {
        self.thumbnail_key.clone()
    }

    /// The certificate's key, shared by all assets.
    pub(super) fn certificate_key(&self) -> FieldKey {
        self.certificate_key.clone()
    }

    /// The definition behind a field, for an asset of this type: its own first, then the one of
    /// all types.
    pub(super) fn definition(&self, key: &FieldKey, kind: &str) -> Option<&Definition> {
        self.definition_of(self.by_key.get(key)?, kind)
    }

    /// The same by the service's name.
    pub(super) fn definition_of(&self, name: &str, kind: &str) -> Option<&Definition> {
        let all = || {
            let places = self.by_name.get(name).map(|named| named.places.as_slice());
            places
                .unwrap_or_default()
                .iter()
                .map(|&place| &self.definitions[place])
        };
        let of_type = |definition: &&Definition| {
            let of = definition.asset_type.as_deref();
            of.is_some_and(|of| of.eq_ignore_ascii_case(kind))
        };
        all()
            .find(of_type)
            .or_else(|| all().find(|definition| definition.asset_type.is_none()))
    }

    /// The two fields the profile names, as the service spells them; or why there are none.
    fn certificate_fields(&self, names: &CertificateNames) -> Result<(String, String), String> {
        let find = |wanted: &Option<String>, what: &str, key: &str| {
            let Some(wanted) = wanted else {
                return Err(format!(
                    "the profile names no certificate field: set {key} to the metadata field of \
                     the {what}"
                ));
            };
            let found = |exactly: bool| {
                self.definitions.iter().find(|one| {
                    one.name == *wanted || (!exactly && fold(&one.name) == fold(wanted))
                })
            };
            match found(true).or_else(|| found(false)) {
                Some(definition) => Ok(definition.name.clone()),
                None => Err(format!(
                    "the company has no metadata field \"{wanted}\" for the certificate's {what} \
                     ({key} in the profile)"
                )),
            }
        };
        Ok((
            find(&names.status, "status", "certificate_status_field")?,
            find(&names.message, "message", "certificate_message_field")?,
        ))
    }

    /// Gives every name of the service a key, unique ignoring case.
    fn name_all(&mut self) {
        let mut taken: Vec<String> = ["certificate", "thumbnail"]
            .into_iter()
            .filter(|name| *name == "thumbnail" || self.certificate.is_some())
            .map(str::to_owned)
            .collect();
        for (place, definition) in self.definitions.iter().enumerate() {
            if let Some(named) = self.by_name.get_mut(&definition.name) {
                named.places.push(place);
                named.hidden &= definition.hidden;
                continue;
            }
            let is_ours = self.certificate.as_ref().is_some_and(|(status, message)| {
                definition.name == *status || definition.name == *message
            });
            let name = if is_ours {
                definition.name.clone()
            } else {
                free_name(&definition.name, &mut taken)
            };
            let key = FieldKey::new(name);
            self.by_key.insert(key.clone(), definition.name.clone());
            self.by_name.insert(
                definition.name.clone(),
                Named {
                    key,
                    places: vec![place],
                    hidden: definition.hidden,
                },
            );
        }
        self.system = SYSTEM_FIELDS
            .iter()
            .map(|(name, _)| {
                let told = self.definitions.iter().any(|definition| {
                    !definition.user_defined
                        && !definition.hidden
                        && fold(&definition.name) == *name
                });
                (!told).then(|| FieldKey::new(free_name(name, &mut taken)))
            })
            .collect();
    }

    /// Fills the schema: metadata, then certificate and thumbnail, then what the service keeps.
    fn describe_all(&mut self) {
        let mut described = Vec::new();
        let mut certificate = None;
        for (place, definition) in self.definitions.iter().enumerate() {
            let named = &self.by_name[&definition.name];
            if named.places.first() != Some(&place) {
                continue;
            }
            let field = self.describe(named);
            match &self.certificate {
                Some((status, _)) if definition.name == *status => {
                    certificate = Some(Field {
                        applies_to: field.applies_to,
                        ..Field::plain("certificate", FieldKind::Certificate)
                    });
                }
                Some((_, message)) if definition.name == *message => {}
                _ if named.hidden => {}
                _ => described.push(field),
            }
        }
        described.extend(certificate);
        described.push(Field::plain("thumbnail", FieldKind::Asset));
        let system = self.system.iter().zip(SYSTEM_FIELDS);
        described.extend(system.filter_map(|(key, (_, kind))| {
            let name = key.as_ref()?.as_str();
            Some(Field::locked(name, kind, "kept by Dynamic Media itself"))
        }));
        self.schema = Schema { fields: described };
    }

    /// One field out of all definitions of its name.
    fn describe(&self, named: &Named) -> Field {
        let all: Vec<&Definition> = named
            .places
            .iter()
            .map(|&place| &self.definitions[place])
            .filter(|definition| named.hidden || !definition.hidden)
            .collect();
        let first = all[0];
        let same_type = all.iter().all(|one| one.kind == first.kind);
        let mut field = Field::plain(named.key.as_str(), FieldKind::Text);
        if same_type {
            field.kind = first.kind.kind();
            field.closed = first.kind.is_closed() && !first.values.is_empty();
        }
        for value in all.iter().flat_map(|one| &one.values) {
            if !field.allowed.contains(value) {
                field.allowed.push(value.clone());
            }
        }
        let types: Option<Vec<String>> = all.iter().map(|one| one.asset_type.clone()).collect();
        field.applies_to = types.unwrap_or_default();
        field.required = all.iter().any(|one| one.required);
        if all.iter().all(|one| !one.user_defined) {
            field.locked = Some("a system field of Dynamic Media".to_owned());
        }
        field.remark = remark(&all, same_type, named.key.as_str());
        field
    }
}

/// What is worth knowing about a field beside its rules.
fn remark(all: &[&Definition], same_type: bool, shown: &str) -> String {
    let first = all[0];
    let mut remarks = Vec::new();
    if first.name != shown {
        remarks.push(format!("\"{}\" on the server", first.name));
    }
    if all.len() > 1 && all.iter().any(|one| one.asset_type.is_none()) {
        let types: Vec<&str> = all
            .iter()
            .filter_map(|one| one.asset_type.as_deref())
            .collect();
        remarks.push(format!(
            "the name is used twice: for all types and for {}; the type's own one is written",
            types.join(", ")
        ));
    }
    if !same_type {
        remarks.push("its type differs between asset types, so it is shown as text".to_owned());
    } else if first.kind == super::definition::MetadataType::Other {
        remarks.push(format!(
            "its type {} is not known here and shown as text",
            first.type_name
        ));
    }
    let checked = matches!(
        first.kind.kind(),
        FieldKind::Integer | FieldKind::Number | FieldKind::Boolean | FieldKind::Date
    );
    if checked && first.enforced && first.user_defined {
        remarks.push("the server checks values against the type".to_owned());
    }
    remarks.join("; ")
}

/// The name, or one with a number if it is taken; ignoring case, and `_` and `-` for a space.
fn free_name(name: &str, taken: &mut Vec<String>) -> String {
    let plain = |name: &str| fold(name).replace(['_', '-'], " ");
    let mut free = name.to_owned();
    let mut number = 2;
    while taken.contains(&plain(&free)) {
        free = format!("{name} ({number})");
        number += 1;
    }
    taken.push(plain(&free));
    free
}
