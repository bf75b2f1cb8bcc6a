//! The one shape of every text that is changed: groups of children, and scalars. Knows where everything stands, and no format.

use std::ops::Range;

/// A value in a text.
pub(super) struct Tree {
    /// Where it stands, with its tag and its quotes.
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Group(Group),
    Scalar(Scalar),
    /// Something that is left as it is.
    Other,
}

/// A map, a list or the body of a block.
pub(super) struct Group {
    pub(super) children: Vec<Child>,
    /// What the group is when nothing is in it; nothing where a text cannot say so.
    pub(super) empty: Option<&'static str>,
    /// Whether something stands between two children that has to go with one of them.
    pub(super) separated: bool,
}

/// Something in a group.
pub(super) struct Child {
    /// The step to it in a path: a key, `#` in lists, the type of a resource.
    pub(super) step: String,
    /// The name of a resource, which stands in no path.
    pub(super) name: Option<String>,
    /// Where it stands, with its key.
    pub(super) span: Range<usize>,
    /// Where names stand that a copy of it must not share, and what a copy puts there.
    pub(super) renames: Vec<(Range<usize>, String)>,
    /// Its key, where the key is a word that others may stand in the place of, and where it stands, with its quotes.
    pub(super) key: Option<(String, Range<usize>)>,
    pub(super) value: Tree,
}

pub(super) struct Scalar {
    /// Its value, without quotes.
    pub(super) text: String,
    pub(super) sort: Sort,
    /// What stands there and is replaced: the span without its tag.
    pub(super) written: Range<usize>,
}

/// What a scalar is, and so how another is written in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// Text in quotes.
    Text,
    /// A number or a truth, as it is.
    Plain,
    /// The name of a resource and what is asked of it, as it is.
    Reference,
    /// Text with references in it.
    Mixed,
}

impl Tree {
    /// The child at a step.
    pub(super) fn get(&self, step: &str) -> Option<&Tree> {
        let child = self.children().iter().find(|child| child.step == step)?;
        Some(&child.value)
    }

    /// The scalar's text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    pub(super) fn children(&self) -> &[Child] {
        match &self.kind {
            Kind::Group(group) => &group.children,
            _ => &[],
        }
    }
}

impl Group {
    /// What goes with the child at a position: it, and what separates it from the next or the last one.
    pub(super) fn cut(&self, at: usize) -> Range<usize> {
        let own = self.children[at].span.clone();
        if !self.separated {
            return own;
        }
        match (self.children.get(at + 1), at.checked_sub(1)) {
            (Some(next), _) => own.start..next.span.start,
            (None, Some(before)) => self.children[before].span.end..own.end,
            (None, None) => own,
        }
    }
}
