//! Pages by moment, against a service in miniature.

use std::collections::BTreeSet;

use crate::domain::Asset;
use crate::endpoint::{
    Cursor, EndpointError,
    dynamic_media::{assets::Listed, place::Place},
};

/// A service that sorts, filters and pages, unless it is told not to.
struct Service {
    /// When each asset was made, and its handle.
    assets: Vec<(String, String)>,
    heeds: bool,
}

impl Service {
    /// So many assets, so many of which are made at one moment.
    fn new(count: usize, at_once: usize) -> Self {
        let made = |n: usize| format!("2024-03-01T17:04:{:02}.{:03}-06:00", n / 1000, n % 1000);
        let asset = |n: usize| (made(n / at_once), format!("a|{n:04}"));
        Self {
            assets: (0..count).map(asset).collect(),
            heeds: true,
        }
    }

    fn answer(&self, place: &Place, size: usize) -> Listed {
        let keeps = |made: &str| {
            place
                .moments()
                .iter()
                .all(|(_, operator, bound)| match *operator {
                    _ if !self.heeds => true,
                    "LessThan" => made < *bound,
                    _ => made >= *bound,
                })
        };
        let found: Vec<_> = self.assets.iter().filter(|(made, _)| keeps(made)).collect();
        let from = usize::try_from(place.page - 1).unwrap() * size;
        let page: Vec<_> = found.iter().skip(from).take(size).collect();
        Listed {
            total: Some(found.len() as u64),
            assets: page.iter().map(|(_, handle)| asset(handle)).collect(),
            created: page.iter().map(|(made, _)| made.clone()).collect(),
        }
    }

    /// Reads from a place to its end, with what happens between pages.
    fn read(
        &mut self,
        from: Option<Cursor>,
        size: usize,
        mut between: impl FnMut(&mut Self, usize),
    ) -> Result<Vec<String>, EndpointError> {
        let (mut all, mut next, mut turn) = (Vec::new(), from, 0);
        loop {
            let place = Place::of(next.as_ref())?;
            let told = self.answer(&place, size);
            place.insist(&told.created)?;
            let (total, after) = place.after(&told, size)?;
            assert!(total <= 400, "{total} in all");
            let new = place.new_to(told.assets);
            all.extend(new.iter().map(|asset| asset.id.to_string()));
            next = after.map(|place| place.cursor());
            turn += 1;
            assert!(turn < 500, "it never ends");
            if next.is_none() {
                return Ok(all);
            }
            between(self, turn);
        }
    }
}

fn asset(handle: &str) -> Asset {
    Asset {
        id: handle.into(),
        name: String::new(),
        kind: String::new(),
        fields: Vec::new(),
        locked: None,
    }
}

fn handles(service: &Service) -> Vec<String> {
    service
        .assets
        .iter()
        .map(|(_, handle)| handle.clone())
        .collect()
}

#[test]
fn every_asset_comes_once_however_many_were_made_at_one_moment() {
    for at_once in [1, 3, 10, 11, 47, 400] {
        let mut service = Service::new(100, at_once);
        let read = service.read(None, 10, |_, _| {}).unwrap();
        assert_eq!(read, handles(&service), "{at_once} at once");
    }
}

#[test]
fn assets_that_leave_take_no_other_along_and_those_that_come_are_listed() {
    for at_once in [1, 3] {
        let mut service = Service::new(100, at_once);
        let before: BTreeSet<String> = handles(&service).into_iter().collect();
        let read = service.read(None, 10, |service, turn| {
            service.assets.remove(turn % 7);
            if turn == 3 {
                let late = (
                    "2024-03-01T18:00:00.000-06:00".to_owned(),
                    "a|new".to_owned(),
                );
                service.assets.push(late);
            }
        });
        let read = read.unwrap();
        let once: BTreeSet<String> = read.iter().cloned().collect();
        assert_eq!(once.len(), read.len(), "none twice");
        let stayed: BTreeSet<String> = handles(&service).into_iter().collect();
        assert!(once.is_superset(&stayed.intersection(&before).cloned().collect()));
        assert!(once.contains("a|new"));
    }
}

#[test]
fn readers_that_share_a_listing_read_each_asset_once() {
    for at_once in [1, 4] {
        let mut service = Service::new(100, at_once);
        let first = Place::of(None).unwrap();
        let told = service.answer(&first, 10);
        let (_, next) = first.after(&told, 10).unwrap();
        let next = next.unwrap();
        assert!(next.is_by_moment());
        let moments = [70, 40, 41, 2].map(|row| service.assets[row].0.clone());
        let parts = next.cut(moments.into_iter());
        assert!(parts.len() >= 3, "{parts:?}");
        let mut all: Vec<String> = told.assets.iter().map(|one| one.id.to_string()).collect();
        let mut totals = 0;
        for part in parts {
            let place = Place::of(Some(&part)).unwrap();
            assert!(!place.can_be_numbered());
            totals += place.after(&service.answer(&place, 10), 10).unwrap().0;
            all.extend(service.read(Some(part), 10, |_, _| {}).unwrap());
        }
        all.sort();
        assert_eq!(all, handles(&service));
        assert_eq!(totals, 100, "the parts count all of them once");
    }
}

#[test]
fn a_service_that_heeds_no_moments_is_found_out_and_read_by_number() {
    let mut service = Service::new(100, 1);
    service.heeds = false;
    let error = service.read(None, 10, |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("moments"), "{error}");
    let first = Place::of(None).unwrap();
    let (_, next) = first.after(&service.answer(&first, 10), 10).unwrap();
    let next = next.unwrap().numbered(10);
    assert!(!next.is_by_moment());
    let rest = service.read(Some(next.cursor()), 10, |_, _| {}).unwrap();
    assert_eq!(rest, handles(&service)[10..]);
}

#[test]
fn a_service_that_tells_no_moments_is_read_by_number_too() {
    let service = Service::new(35, 1);
    let (mut place, mut all) = (Place::of(None).unwrap(), Vec::new());
    loop {
        let mut told = service.answer(&place, 10);
        told.created = vec![String::new(); told.assets.len()];
        let (total, next) = place.after(&told, 10).unwrap();
        assert_eq!(total, 35);
        all.extend(told.assets.iter().map(|one| one.id.to_string()));
        let Some(next) = next else { break };
        place = next;
    }
    assert_eq!(all, handles(&service));
}
