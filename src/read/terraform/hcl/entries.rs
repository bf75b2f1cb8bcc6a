//! The entries of a map while it is made.

use foldhash::HashMap;
use smol_str::SmolStr;

use crate::read::terraform::tree::Value;

/// As many keys are looked through one by one: nearly every map has a few, and to hash them takes longer.
const FEW: usize = 16;

/// Entries in the order of their keys' first appearance, each with the value that was given last.
pub(super) struct Entries {
    all: Vec<(SmolStr, Value)>,
    /// The positions of the keys, as soon as there are more than a few.
    at: HashMap<SmolStr, usize>,
}

impl Entries {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            all: Vec::with_capacity(capacity),
            at: HashMap::default(),
        }
    }

    pub(super) fn insert(&mut self, key: SmolStr, value: Value) {
        let known = self.position(&key);
        match known.and_then(|at| self.all.get_mut(at)) {
            Some((_, known)) => *known = value,
            None => self.all.push((key, value)),
        }
    }

    fn position(&mut self, key: &SmolStr) -> Option<usize> {
        if self.all.len() <= FEW {
            return self.all.iter().position(|(known, _)| known == key);
        }
        let new = self.all.iter().enumerate().skip(self.at.len());
        self.at.extend(new.map(|(at, (key, _))| (key.clone(), at)));
        self.at.get(key).copied()
    }

    pub(super) fn into_vec(self) -> Vec<(SmolStr, Value)> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Place, Source};

    #[test]
    fn the_last_value_of_a_key_stands_in_the_place_of_its_first() {
        let place = Place::start_of(&Source::new("a.tf", ""));
        let mut entries = Entries::with_capacity(0);
        for at in (0..100).chain([0, 5, 50, 99]) {
            let value = if entries.all.len() == 100 {
                "new"
            } else {
                "old"
            };
            entries.insert(format!("{at}").into(), Value::text(value, &place));
        }
        let all = entries.into_vec();
        let keys = all.iter().map(|(key, _)| key.to_string());
        assert!(keys.eq((0..100).map(|at| at.to_string())));
        let new = all.iter().enumerate();
        let new = new.filter(|(_, (_, value))| value.written().as_deref() == Some("new"));
        assert!(new.map(|(at, _)| at).eq([0, 5, 50, 99]));
    }
}
