//! Response filters: which parts of an answer the caller wants.
//!
//! Paths are relative to the `…Return` element, separated by `/`, array elements spelled
//! `items`. Unknown paths are ignored.

use super::element::Element;

/// One named part of an answer, and the named parts inside it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Node {
    name: String,
    /// Named itself, so all of it counts.
    whole: bool,
    inside: Vec<Node>,
}

impl Node {
    fn insert<'p>(&mut self, mut path: impl Iterator<Item = &'p str>) {
        let Some(first) = path.next() else {
            self.whole = true;
            return;
        };
        let at = self
            .inside
            .iter()
            .position(|node| node.name == first)
            .unwrap_or_else(|| {
                self.inside.push(Self {
                    name: first.to_owned(),
                    ..Self::default()
                });
                self.inside.len() - 1
            });
        self.inside[at].insert(path);
    }

    fn find(&self, name: &str) -> Option<&Node> {
        self.inside.iter().find(|node| node.name == name)
    }
}

/// The filter of one call.
#[derive(Debug, Default)]
pub(super) struct Filter {
    include: Option<Node>,
    exclude: Option<Node>,
}

impl Filter {
    /// The filter a request asks for; an absent or empty list filters nothing.
    pub(super) fn of(request: &Element) -> Self {
        let tree = |name: &str| {
            let mut root = Node::default();
            for path in request.texts(name) {
                let mut parts = path
                    .trim()
                    .split('/')
                    .filter(|part| !part.is_empty())
                    .peekable();
                if parts.peek().is_some() {
                    root.insert(parts);
                }
            }
            (!root.inside.is_empty()).then_some(root)
        };
        Self {
            include: tree("responseFieldArray"),
            exclude: tree("excludeFieldArray"),
        }
    }

    /// The view of the `…Return` element.
    pub(super) fn view(&self) -> View<'_> {
        View {
            include: self.include.as_ref(),
            exclude: self.exclude.as_ref(),
        }
    }

    /// Whether nothing is asked for but these paths.
    pub(super) fn only(&self, paths: &[&str]) -> bool {
        fn within(node: &Node, above: &str, paths: &[&str]) -> bool {
            node.inside.iter().all(|child| {
                let path = if above.is_empty() {
                    child.name.clone()
                } else {
                    format!("{above}/{}", child.name)
                };
                if child.whole {
                    paths.contains(&path.as_str())
                } else {
                    within(child, &path, paths)
                }
            })
        }
        self.include
            .as_ref()
            .is_some_and(|root| within(root, "", paths))
    }
}

/// What the filter says about the inside of one element.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'f> {
    /// Only these parts; `None`: all of them.
    include: Option<&'f Node>,
    /// Not these parts; `None`: nothing is left out.
    exclude: Option<&'f Node>,
}

impl<'f> View<'f> {
    /// Everything.
    pub(super) const ALL: View<'static> = View {
        include: None,
        exclude: None,
    };

    /// The view of a child, `None` where the child is not wanted.
    pub(super) fn child(self, name: &str) -> Option<View<'f>> {
        let include = match self.include {
            None => None,
            Some(node) => {
                let found = node.find(name)?;
                (!found.whole).then_some(found)
            }
        };
        let exclude = self.exclude.and_then(|node| node.find(name));
        if exclude.is_some_and(|found| found.whole) {
            return None;
        }
        Some(View { include, exclude })
    }

    /// Whether a child is wanted.
    pub(super) fn wants(self, name: &str) -> bool {
        self.child(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::soap::element::parse;

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        let items = |paths: &[&str]| -> String {
            paths
                .iter()
                .map(|path| format!("<items>{path}</items>"))
                .collect::<Vec<_>>()
                .concat()
        };
        let request = format!(
            "<p><responseFieldArray>{}</responseFieldArray><excludeFieldArray>{}</excludeFieldArray></p>",
            items(include),
            items(exclude)
        );
        Filter::of(&parse(request.as_bytes()).unwrap())
    }

    fn wanted(filter: &Filter, path: &str) -> bool {
        path.split('/')
            .try_fold(filter.view(), View::child)
            .is_some()
    }

    #[test]
    fn naming_an_element_includes_its_whole_subtree_and_naming_children_only_those() {
        let asked = filter(
            &[
                "assetArray/items/metadataArray",
                "assetArray/items/imageInfo/width",
            ],
            &[],
        );
        assert!(wanted(&asked, "assetArray/items/metadataArray/items/name"));
        assert!(wanted(&asked, "assetArray/items/imageInfo/width"));
        assert!(!wanted(&asked, "assetArray/items/imageInfo/height"));
        assert!(!wanted(&asked, "assetArray/items/name"));
        assert!(!wanted(&asked, "totalRows"));
    }

    #[test]
    fn what_is_excluded_goes_and_all_else_stays() {
        let asked = filter(&[], &["assetArray/items/permissions", "nonsense/path"]);
        assert!(!wanted(&asked, "assetArray/items/permissions"));
        assert!(wanted(&asked, "assetArray/items/imageInfo/height"));
        assert!(wanted(&asked, "totalRows"));
    }

    #[test]
    fn no_list_means_everything() {
        assert!(wanted(&filter(&[], &[]), "anything/at/all"));
    }

    #[test]
    fn a_narrow_filter_is_recognised() {
        let narrow = ["totalRows", "assetArray/items/name"];
        assert!(filter(&["assetArray/items/name"], &[]).only(&narrow));
        assert!(!filter(&["assetArray/items/name", "assetArray/items/folder"], &[]).only(&narrow));
        assert!(!filter(&["assetArray"], &[]).only(&narrow));
        assert!(!filter(&[], &[]).only(&narrow));
    }
}
