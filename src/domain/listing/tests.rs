//! What a listing promises.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{order::Ruler, *};
use crate::domain::{Certificate, CertificateStatus, SortDirection::*, text};

fn asset(id: &str, name: &str, fields: &[(&str, &str)]) -> Asset {
    Asset {
        id: id.into(),
        name: name.into(),
        kind: "Image".into(),
        fields: fields
            .iter()
            .map(|(k, v)| (FieldKey::new(*k), Value::text(*v)))
            .collect(),
        locked: None,
    }
}

#[test]
fn an_asset_keeps_its_row_when_it_is_listed_again() {
    let mut listing = Listing::new();
    listing.take(&[
        asset("a", "pier", &[("Rights", "Acme")]),
        asset("b", "gull", &[]),
    ]);
    listing.begin(1);
    listing.take(&[asset("b", "gull", &[]), asset("a", "pier", &[])]);
    listing.finish();
    assert_eq!(listing.row(&"a".into()), Some(0));
    assert_eq!(
        *listing.value(0, &"Rights".into()),
        Value::Absent,
        "it was taken away"
    );
}

#[test]
fn an_asset_that_is_gone_leaves_the_listing_but_keeps_its_row() {
    let mut listing = Listing::new();
    listing.take(&[asset("a", "pier", &[]), asset("b", "gull", &[])]);
    listing.begin(1);
    listing.take(&[asset("b", "gull", &[])]);
    listing.finish();
    assert_eq!((listing.len(), listing.rows_made()), (1, 2));
    assert_eq!(listing.id(0).as_str(), "a");
}

#[test]
fn rows_sort_by_number_where_all_are_numbers_and_absent_values_come_last() {
    let mut listing = Listing::new();
    listing.take(&[
        asset("a", "a", &[("Width", "900")]),
        asset("b", "b", &[("Width", "1200")]),
        asset("c", "c", &[]),
    ]);
    let by = |direction| {
        listing.ordered(
            listing.present(),
            &Sort {
                field: "Width".into(),
                direction,
            },
        )
    };
    assert_eq!(by(SortDirection::Ascending), [0, 1, 2]);
    assert_eq!(by(SortDirection::Descending), [1, 0, 2]);
}

fn word() -> impl Strategy<Value = String> {
    let pieces = ["a", "b", "A", "ß", "İ", "; ", "5", "12", "\n", "x"];
    vec(select(pieces.to_vec()), 0..4).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        Just(Value::Unknown),
        word().prop_map(Value::text),
        select(vec!["3", "7", "10", "007", "-4"]).prop_map(Value::text),
        vec(word(), 0..3).prop_map(Value::list),
        (word(), word()).prop_map(|(id, name)| Value::Asset {
            id: id.as_str().into(),
            name
        }),
    ]
}

prop_compose! {
    fn any_asset()(number in 0..40u32, name in word(), title in value(), width in 0..12u32) -> Asset {
        let fields = [("Title", title), ("Width", Value::text(width.to_string()))];
        Asset {
            id: format!("a{number}").as_str().into(),
            name,
            kind: "Image".into(),
            fields: fields.map(|(key, value)| (FieldKey::new(key), value)).to_vec(),
            locked: (width == 3).then(|| String::from("shut")),
        }
    }
}

/// The order as it is promised, compared value by value.
fn plainly(listing: &Listing, sort: &Sort) -> Vec<Row> {
    let column = listing.values(&sort.field).unwrap();
    let number = |text: &str| text.parse::<f64>().ok();
    let is_numeric = |column: &Column| {
        let known = (0..u32::try_from(column.distinct()).unwrap()).map(|place| column.at(place));
        known
            .filter(|value| value.is_present())
            .all(|value| number(&value.display()).is_some())
    };
    let numeric = is_numeric(column);
    let numbered = is_numeric(listing.values(&NAME.into()).unwrap());
    let mut rows: Vec<Row> = listing.present().iter().collect();
    let by_name = |left: Row, right: Row| {
        let (one, two) = (listing.name(left), listing.name(right));
        let names = match (number(&one), number(&two)) {
            (Some(one), Some(two)) if numbered => one.total_cmp(&two),
            _ => text::fold(&one).cmp(&text::fold(&two)),
        };
        one.is_empty().cmp(&two.is_empty()).then(names)
    };
    rows.sort_by(|&left, &right| {
        let (one, two) = (column.value(left), column.value(right));
        let fold = |value: &Value| text::fold(&value.display());
        let order = match (one.is_present(), two.is_present()) {
            (true, true) if numeric => {
                let number = |value: &Value| number(&fold(value)).unwrap();
                number(&one).total_cmp(&number(&two))
            }
            (true, true) => fold(&one).cmp(&fold(&two)),
            (one, two) => {
                return two
                    .cmp(&one)
                    .then(by_name(left, right))
                    .then(left.cmp(&right));
            }
        };
        let order = if sort.direction == Descending {
            order.reverse()
        } else {
            order
        };
        order.then(by_name(left, right)).then(left.cmp(&right))
    });
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn orders_stay_right_while_pages_come_and_go(pages in vec(vec(any_asset(), 0..15), 1..8)) {
        let mut listing = Listing::new();
        let sorts = ["name", "Title", "Width", "type"]
            .into_iter()
            .flat_map(|field| [Ascending, Descending].map(|direction| Sort { field: field.into(), direction }));
        let sorts: Vec<Sort> = sorts.collect();
        let mut copies = Vec::new();
        for (generation, page) in (1..).zip(&pages) {
            if generation % 3 == 0 {
                listing.begin(generation);
            }
            listing.take(page);
            if generation % 3 == 1 {
                listing.finish();
            }
            for sort in sorts.iter().filter(|sort| listing.values(&sort.field).is_some()) {
                let plain = plainly(&listing, sort);
                let some: RoaringBitmap = plain.iter().copied().filter(|row| row % 3 > 0).collect();
                let shown: Vec<Row> = plain.iter().copied().filter(|row| row % 3 > 0).collect();
                prop_assert_eq!(&Ruler::of(&listing, sort).first(&some, 4), &shown[..shown.len().min(4)]);
                prop_assert_eq!(&listing.arranged(&some, sort), &shown);
                prop_assert_eq!(&listing.clone().ordered(&some, sort), &shown);
                prop_assert_eq!(&*listing.order(sort), &plain[..], "{:?}", sort);
                prop_assert_eq!(&listing.first(&some, sort, 4), &shown[..shown.len().min(4)]);
                prop_assert_eq!(among(&plain, &some), shown);
            }
            copies.push((listing.clone(), (0..40).map(|row| listing.asset(row)).collect::<Vec<_>>()));
        }
        for (copy, assets) in copies {
            prop_assert_eq!((0..40).map(|row| copy.asset(row)).collect::<Vec<_>>(), assets);
        }
    }

    #[test]
    fn values_come_back_as_they_came_and_are_counted_and_split(assets in vec(any_asset(), 1..60)) {
        let mut listing = Listing::new();
        let rows = listing.take(&assets);
        let copy = listing.clone();
        for listing in [&listing, &copy] {
            for (row, asset) in rows.iter().zip(&assets) {
                let last = assets.iter().rev().find(|one| one.id == asset.id).unwrap();
                let listed = listing.asset(*row);
                prop_assert_eq!(&listed.name, &last.name);
                prop_assert_eq!(&listed.locked, &last.locked);
                prop_assert_eq!(listing.row(&asset.id), Some(*row));
            }
            for key in ["name", "type", "Title", "Width"].map(FieldKey::new) {
                let column = listing.values(&key).unwrap();
                let all = listing.present();
                let mut counts: std::collections::BTreeMap<Value, u64> = std::collections::BTreeMap::new();
                for row in all {
                    *counts.entry(column.value(row).into_owned()).or_default() += 1;
                    prop_assert_eq!(column.folded(row), text::fold(column.text(row)));
                    let value = column.value(row).into_owned();
                    prop_assert_eq!(column.text(row), &*value.display());
                    prop_assert_eq!(column.place_of_known(&column.value(row)), Some(column.place(row)));
                }
                let facet = column.facet(all);
                prop_assert_eq!(facet.len(), counts.len());
                for (value, count) in facet {
                    prop_assert_eq!(counts.get(&value), Some(&count));
                    prop_assert_eq!(column.equal(all, &value).len(), count);
                }
                let groups = column.groups(all);
                prop_assert_eq!(groups.len(), counts.len());
                prop_assert!(groups.iter().map(|(_, rows)| rows.min()).is_sorted());
                for (place, rows) in groups {
                    prop_assert_eq!(&rows, &column.equal(all, &column.at(place)));
                }
                let short = |text: &str| text.len() < 3;
                let plain: RoaringBitmap = all.iter().filter(|&row| short(column.text(row))).collect();
                prop_assert_eq!(column.matching(all, |text, _| short(text)), plain);
            }
        }
    }

    #[test]
    fn what_was_kept_comes_back_whole(
        (first, second) in (vec(any_asset(), 0..30), vec(any_asset(), 0..30)),
        harm in any::<(usize, usize, u8)>(),
    ) {
        let mut listing = Listing::new();
        listing.take(&first);
        let earlier = listing.clone();
        let keep = |listing: &Listing, since| -> Vec<(SectionKey, Vec<u8>)> {
            listing.sections(since).map(|one| (one.key, one.bytes.into_owned())).collect()
        };
        let mut kept: std::collections::BTreeMap<_, _> = keep(&earlier, None).into_iter().collect();
        listing.take(&second);
        listing.finish();
        kept.extend(keep(&listing, Some(&earlier)));
        prop_assert_eq!(keep(&listing, Some(&listing.clone())), []);
        let mut again = Listing::restored(&listing.heading(), kept.clone()).unwrap();
        prop_assert_eq!(again.present(), listing.present());
        again.take(&first);
        listing.take(&first);
        for row in 0..listing.rows_made() {
            prop_assert_eq!(again.asset(row), listing.asset(row));
            prop_assert_eq!(again.row(&listing.id(row)), Some(row));
        }
        // Damaged bytes are refused, or read as something; never a panic.
        let (place, at, byte) = harm;
        let mut parts: Vec<_> = kept.into_iter().collect();
        let place = place % parts.len();
        let bytes = &mut parts[place].1;
        if !bytes.is_empty() {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok(harmed) = Listing::restored(&listing.heading(), parts) {
            for row in 0..harmed.rows_made() {
                drop(harmed.asset(row));
            }
            drop(harmed.order(&Sort::default()));
        }
    }
}

#[test]
fn a_certificate_and_a_value_like_it_are_two_values() {
    let mut listing = Listing::new();
    let certificate = Value::Certificate(Certificate {
        status: CertificateStatus::Draft,
        message: String::new(),
    });
    for (id, value) in [
        ("a", certificate.clone()),
        ("b", Value::text("draft")),
        ("c", certificate),
    ] {
        let fields = vec![("State".into(), value)];
        listing.take(&[Asset {
            fields,
            ..asset(id, id, &[])
        }]);
    }
    let column = listing.values(&"State".into()).unwrap();
    assert_eq!((column.place(0), column.distinct()), (column.place(2), 3));
    assert_ne!(column.place(0), column.place(1));
}

#[test]
fn two_copies_that_go_their_own_ways_do_not_mix_their_orders() {
    let mut one = Listing::new();
    one.take(&[asset("a", "m", &[])]);
    let mut two = one.clone();
    one.take(&[asset("b", "a", &[])]);
    two.take(&[asset("c", "z", &[])]);
    let sort = Sort::default();
    assert_eq!(*one.order(&sort), [1, 0]);
    assert_eq!(*two.order(&sort), [0, 1]);
    assert_eq!(two.name(1), "z");
    assert_eq!((one.row(&"c".into()), two.row(&"b".into())), (None, None));
}

#[test]
fn an_asset_is_found_by_composed_and_decomposed_names_and_ids() {
    let mut listing = Listing::new();
    let asset = |id: &str, name: &str| Asset {
        id: id.into(),
        name: name.into(),
        kind: "Image".into(),
        fields: Vec::new(),
        locked: None,
    };
    listing.take(&[asset("b/é", "Cafe\u{301} 1"), asset("c", "Café\u{a0}2")]);
    for name in ["Café 1", "Cafe\u{301} 1"] {
        assert_eq!(
            listing.named(name).iter().collect::<Vec<_>>(),
            [0],
            "{name}"
        );
    }
    assert_eq!(listing.named("Café 2").iter().collect::<Vec<_>>(), [1]);
    assert!(listing.named("Cafe 1").is_empty());
    assert_eq!(listing.row_alike(&"b/e\u{301}".into()), Some(0));
    assert_eq!(listing.row_alike(&"b/e".into()), None);
}
