//! The folder tree, derived from the paths assets lie in.

use std::collections::BTreeSet;

use crate::catalogue::model::AssetRecord;

use super::call::{Call, EVERYBODY};
use super::fault::Fault;
use super::filter::View;
use super::xml::Xml;

/// Most folders in one answer.
const MOST: usize = 100_000;
/// Most levels in one answer.
const DEEPEST: i32 = 200;
/// Handle of the permissions that hold where nothing is refused.
const FULL: &str = "pm|1";
/// Handle of the permissions of folders that may only be read.
const READ_ONLY: &str = "pm|2";

/// All folders of the library: paths with the company root and a trailing slash, in order.
struct Tree(BTreeSet<String>);

impl Tree {
    fn of(call: &Call<'_>) -> Result<Self, Fault> {
        let mut paths = BTreeSet::from([call.company().root_path()]);
        for folder in call.library.folders()? {
            for (at, _) in folder.path.match_indices('/') {
                paths.insert(folder.path[..=at].to_owned());
            }
        }
        Ok(Self(paths))
    }

    /// The folder and everything below it.
    fn below<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t str> {
        self.0
            .range(path.to_owned()..)
            .map(String::as_str)
            .take_while(move |folder| folder.starts_with(path))
    }

    /// The folders directly inside.
    fn inside<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t str> {
        self.below(path)
            .filter(move |folder| depth(folder) == depth(path) + 1)
    }
}

fn depth(path: &str) -> usize {
    path.matches('/').count()
}

/// The folder asked for: the company root where none is named.
fn asked(call: &Call<'_>, tree: &Tree) -> Result<String, Fault> {
    let Some(path) = call.request.text_of("folderPath") else {
        return Ok(call.company().root_path());
    };
    let folder = with_slash(path);
    if tree.0.contains(&folder) {
        Ok(folder)
    } else {
        Err(Fault::invalid(format!("Folder '{path}' is invalid.")))
    }
}

/// A path with exactly one slash at its end and none before.
pub(super) fn with_slash(path: &str) -> String {
    format!("{}/", path.trim().trim_matches('/'))
}

/// `getFolderTree`: one folder with the folders inside it, as deep as asked; a negative
/// depth is all the way.
pub(super) fn tree(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let tree = Tree::of(call)?;
    let root = asked(call, &tree)?;
    let depth: i32 = call
        .text("depth")?
        .trim()
        .parse()
        .map_err(|_| Fault::invalid("The depth is not a number."))?;
    let depth = if depth < 0 {
        DEEPEST
    } else {
        depth.min(DEEPEST)
    };
    let filter = call.filter();
    let mut writer = Writer {
        call,
        tree: &tree,
        left: MOST,
    };
    xml.nest(filter.view(), "folders", |xml, view| {
        writer.folder(xml, view, &root, Some(depth));
    });
    permission_sets(xml, filter.view());
    Ok(())
}

/// `getFolders`: the same folders in one list.
pub(super) fn flat(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let tree = Tree::of(call)?;
    let root = asked(call, &tree)?;
    let filter = call.filter();
    let mut writer = Writer {
        call,
        tree: &tree,
        left: MOST,
    };
    xml.nest(filter.view(), "folderArray", |xml, view| {
        for path in tree.below(&root) {
            if writer.left > 0 {
                xml.nest(view, "items", |xml, view| {
                    writer.folder(xml, view, path, None);
                });
            }
        }
    });
    permission_sets(xml, filter.view());
    Ok(())
}

/// Writes folders until there were enough of them.
struct Writer<'w> {
    call: &'w Call<'w>,
    tree: &'w Tree,
    left: usize,
}

impl Writer<'_> {
    /// Writes the children of a folder element; `deeper` is how many levels may follow, `None`
    /// for a flat list.
    fn folder(&mut self, xml: &mut Xml, view: View<'_>, path: &str, deeper: Option<i32>) {
        self.left = self.left.saturating_sub(1);
        let tree = self.tree;
        let children: Vec<&str> = tree.inside(path).collect();
        let here = AssetRecord {
            folder: path.to_owned(),
            ..AssetRecord::default()
        };
        let set = if self.call.library.is_writable(&here) {
            FULL
        } else {
            READ_ONLY
        };
        xml.field(view, "folderHandle", &format!("f|{path}"));
        xml.field(view, "path", path);
        xml.field(view, "permissionSetHandle", set);
        xml.field(
            view,
            "hasSubfolders",
            if children.is_empty() { "false" } else { "true" },
        );
        let Some(deeper) = deeper.filter(|&levels| levels > 0) else {
            return;
        };
        xml.nest(view, "subfolderArray", |xml, view| {
            for child in children {
                if self.left > 0 {
                    xml.nest(view, "items", |xml, view| {
                        self.folder(xml, view, child, Some(deeper - 1));
                    });
                }
            }
        });
    }
}

fn permission_sets(xml: &mut Xml, view: View<'_>) {
    xml.nest(view, "permissionSetArray", |xml, view| {
        for (handle, writable) in [(FULL, true), (READ_ONLY, false)] {
            xml.nest(view, "items", |xml, view| {
                xml.field(view, "permissionSetHandle", handle);
                xml.nest(view, "permissionArray", |xml, view| {
                    write_permissions(xml, view, writable);
                });
            });
        }
    });
}

/// Writes what everybody may do: always read; write and delete where nothing is refused.
pub(super) fn write_permissions(xml: &mut Xml, view: View<'_>, writable: bool) {
    for (kind, allowed) in [("Read", true), ("Write", writable), ("Delete", writable)] {
        xml.nest(view, "items", |xml, view| {
            xml.field(view, "groupHandle", EVERYBODY);
            xml.field(view, "groupName", "Everybody");
            xml.field(view, "permissionType", kind);
            xml.field(view, "isAllowed", if allowed { "true" } else { "false" });
            xml.field(view, "isOverride", "false");
        });
    }
}
