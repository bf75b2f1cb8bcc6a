//! Names of resources, with the names of what they are inside of.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use smol_str::SmolStr;

/// A name with its parents' names in front: `vnet`, `app` for a subnet inside a virtual network.
///
/// Everything that speaks of a resource has one of its own: to copy it asks for no memory.
#[derive(Clone)]
pub struct Path(Parts);

#[derive(Clone)]
enum Parts {
    /// A name without parents, as nearly all are.
    One(SmolStr),
    Several(Arc<[SmolStr]>),
}

impl Path {
    /// The path of what has this name inside of this one.
    #[must_use]
    pub fn child(&self, name: impl Into<SmolStr>) -> Self {
        self.iter().cloned().chain([name.into()]).collect()
    }
}

impl Deref for Path {
    type Target = [SmolStr];

    fn deref(&self) -> &[SmolStr] {
        match &self.0 {
            Parts::One(name) => std::slice::from_ref(name),
            Parts::Several(names) => names,
        }
    }
}

impl<N: Into<SmolStr>> FromIterator<N> for Path {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        let mut names = names.into_iter().map(Into::into);
        Self(match (names.next(), names.next()) {
            (Some(name), None) => Parts::One(name),
            (first, second) => {
                Parts::Several(first.into_iter().chain(second).chain(names).collect())
            }
        })
    }
}

impl<N: Into<SmolStr>> From<N> for Path {
    fn from(name: N) -> Self {
        Self(Parts::One(name.into()))
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Path {}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Path {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_name_by_name() {
        let path = |names: &[&str]| names.iter().copied().collect::<Path>();
        assert_eq!(path(&["net"]), Path::from("net"));
        assert_eq!(Path::from("net").child("app"), path(&["net", "app"]));
        let sorted = [path(&[]), path(&["a"]), path(&["a", "z"]), path(&["b"])];
        assert!(sorted.is_sorted());
        assert_eq!(format!("{:?}", sorted[2]), r#"["a", "z"]"#);
    }
}
