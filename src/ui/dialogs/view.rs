//! Choices of the view: order, columns.

use super::choice::{Choice, Line};
use crate::{
    domain::{
        FieldKey, Sort, SortDirection,
        listing::{NAME, TYPE},
    },
    ui::{
        component::{Reaction, Scene, Step},
        widgets::text,
    },
};

/// Every field a list can be ordered by or show.
fn fields(scene: &Scene<'_>) -> Vec<FieldKey> {
    let workbench = scene.workbench;
    let mut keys = vec![FieldKey::new(NAME), FieldKey::new(TYPE)];
    let offers = workbench.capabilities.as_ref();
    let offered = |refusal: Option<&str>| refusal.is_none();
    if offers.is_none_or(|offers| offered(offers.certificates.refusal())) {
        keys.push(FieldKey::certificate());
    }
    if offers.is_none_or(|offers| offered(offers.thumbnails.refusal())) {
        keys.push(FieldKey::thumbnail());
    }
    keys.extend(
        workbench
            .schema
            .fields
            .iter()
            .map(|field| field.key.clone()),
    );
    keys.extend(workbench.listing.fields().cloned());
    let mut seen = std::collections::HashSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

fn field(name: &str, scene: &Scene<'_>) -> Option<FieldKey> {
    let wanted = crate::domain::text::fold(name);
    let known = scene
        .workbench
        .schema
        .field(name)
        .map(|field| field.key.clone());
    known.or_else(|| {
        fields(scene)
            .into_iter()
            .find(|key| crate::domain::text::fold(key.as_str()) == wanted)
    })
}

fn no_field(name: &str, scene: &Scene<'_>) -> Reaction {
    let near = scene.workbench.schema.nearest(name);
    let near = near
        .map(|key| format!("; did you mean {key}?"))
        .unwrap_or_default();
    Reaction::say(format!("There is no field `{name}`{near}."))
}

/// Orders by what the argument names, or asks.
pub fn sort(argument: &str, scene: &Scene<'_>) -> Reaction {
    let argument = argument.trim();
    if !argument.is_empty() {
        let (name, direction) = match argument.rsplit_once(' ') {
            Some((name, "desc")) => (name, SortDirection::Descending),
            Some((name, "asc")) => (name, SortDirection::Ascending),
            _ => (argument, SortDirection::Ascending),
        };
        return match field(name, scene) {
            Some(field) => Reaction::Taken(sorted(Sort { field, direction })),
            None => no_field(name, scene),
        };
    }
    let lines = fields(scene).into_iter().map(|key| Line {
        remark: match scene.view.sort() {
            sort if sort.field == key => match sort.direction {
                SortDirection::Ascending => "asc now; again for desc".into(),
                SortDirection::Descending => "desc now; again for asc".into(),
            },
            _ => String::new(),
        },
        key: key.as_str().to_owned(),
        ticked: false,
    });
    let choice = Choice::new("Sort by", lines.collect(), false, |chosen, scene| {
        let Some(field) = chosen.first().map(|name| FieldKey::new(name.as_str())) else {
            return Vec::new();
        };
        let now = scene.view.sort();
        let direction = if now.field == field && now.direction == SortDirection::Ascending {
            SortDirection::Descending
        } else {
            SortDirection::Ascending
        };
        sorted(Sort { field, direction })
    });
    Reaction::step(Step::Open(Box::new(choice)))
}

fn sorted(sort: Sort) -> Vec<Step> {
    let direction = match sort.direction {
        SortDirection::Ascending => "asc",
        SortDirection::Descending => "desc",
    };
    let say = format!(
        "Sorted by {} {direction}; marks stay where they are.",
        sort.field
    );
    vec![Step::Sort(sort), Step::Say(say)]
}

/// Shows the columns the argument names, or asks.
pub fn columns(argument: &str, scene: &Scene<'_>) -> Reaction {
    if !argument.trim().is_empty() {
        let mut keys = Vec::new();
        for name in argument
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            match field(name, scene) {
                Some(key) => keys.push(key),
                None => return no_field(name, scene),
            }
        }
        return Reaction::Taken(shown(keys));
    }
    let now: Vec<&FieldKey> = scene
        .view
        .columns()
        .iter()
        .skip(1)
        .map(|column| &column.key)
        .collect();
    let mut keys = fields(scene);
    keys.retain(|key| key.as_str() != NAME);
    keys.sort_by_key(|key| {
        now.iter()
            .position(|shown| *shown == key)
            .unwrap_or(usize::MAX)
    });
    let lines = keys.into_iter().map(|key| Line {
        ticked: now.contains(&&key),
        remark: String::new(),
        key: key.as_str().to_owned(),
    });
    let choice = Choice::new(
        "Columns   Space ticks",
        lines.collect(),
        true,
        |chosen, _| {
            shown(
                chosen
                    .iter()
                    .map(|name| FieldKey::new(name.as_str()))
                    .collect(),
            )
        },
    );
    Reaction::step(Step::Open(Box::new(choice)))
}

fn shown(keys: Vec<FieldKey>) -> Vec<Step> {
    let say = if keys.is_empty() {
        "The usual columns.".to_owned()
    } else {
        format!(
            "{} beside the name.",
            text::counted(keys.len() as u64, "column")
        )
    };
    vec![Step::Columns(keys), Step::Say(say)]
}
