//! Terms one after the other, in the one form in which they are compared.

use super::Term;

/// Terms that are put one after the other: texts side by side become one, and a join becomes its parts.
#[derive(Default)]
pub struct Joined {
    parts: Vec<Term>,
    /// The last part, where it is a text that others were added to: to make it a [`Term`] each time would never end for a
    /// template with a hundred thousand of them.
    grown: String,
}

impl Joined {
    /// Adds a term behind the others.
    pub fn add(&mut self, term: Term) {
        match term {
            Term::Join(parts) => parts.into_iter().for_each(|part| self.add(part)),
            Term::Text(text) if text.is_empty() => {}
            Term::Text(text) if !self.grown.is_empty() => self.grown.push_str(&text),
            Term::Text(text) => match self.parts.last() {
                Some(Term::Text(before)) => {
                    self.grown.push_str(before);
                    self.grown.push_str(&text);
                }
                _ => self.parts.push(Term::Text(text)),
            },
            other => {
                self.settle();
                self.parts.push(other);
            }
        }
    }

    fn settle(&mut self) {
        if !self.grown.is_empty()
            && let Some(last) = self.parts.last_mut()
        {
            *last = self.grown.as_str().into();
            self.grown.clear();
        }
    }

    /// The parts, of which no two neighbours are texts and none is a join.
    #[must_use]
    pub fn into_parts(mut self) -> Vec<Term> {
        self.settle();
        self.parts
    }
}

impl Extend<Term> for Joined {
    fn extend<I: IntoIterator<Item = Term>>(&mut self, terms: I) {
        terms.into_iter().for_each(|term| self.add(term));
    }
}

impl FromIterator<Term> for Joined {
    fn from_iter<I: IntoIterator<Item = Term>>(terms: I) -> Self {
        let mut joined = Self::default();
        joined.extend(terms);
        joined
    }
}

/// What stands for parts that [`Joined`] made.
impl From<Vec<Term>> for Term {
    fn from(mut parts: Vec<Term>) -> Self {
        match parts.len() {
            0 => Self::EMPTY,
            1 => parts.remove(0),
            _ => Self::Join(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_side_by_side_are_one_and_joins_are_their_parts() {
        let region = || Term::Parameter("region".into());
        let inner = Term::Join(vec!["b".into(), region(), "c".into()]);
        let terms = ["a".into(), inner, "".into(), "d".into(), "e".into()];
        let joined: Joined = terms.into_iter().collect();
        assert_eq!(
            joined.into_parts(),
            ["ab".into(), region(), "cde".into()],
            "with a text behind a text behind a join"
        );
        for nothing in [vec![], vec!["".into()]] {
            let joined: Joined = nothing.into_iter().collect();
            assert_eq!(Term::from(joined.into_parts()), Term::EMPTY);
        }
        let alone: Joined = [region()].into_iter().collect();
        assert_eq!(Term::from(alone.into_parts()), region());
    }
}
