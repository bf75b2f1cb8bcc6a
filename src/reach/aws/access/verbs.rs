//! The actions of which it is asked, in order: those of the table, and those that only statements name.

use std::borrow::Cow;

use super::rule::{Action, Actions};
use super::verb::{self, Verb};

/// Services by their names, in order, each once.
pub(super) type Services = Vec<Cow<'static, str>>;

/// Every action of which it is asked.
pub(super) struct Verbs {
    /// In order.
    pub(super) all: Vec<Cow<'static, Verb>>,
    /// The position of each action of the table.
    pub(super) known: Vec<usize>,
    /// The positions of all others.
    own: Vec<usize>,
}

impl Verbs {
    /// Those of the table, those that statements name, and for each service of these whatever else it has.
    pub(super) fn of(named: Vec<Vec<Cow<'static, Verb>>>, services: &[Services]) -> Self {
        let named = named.into_iter().flatten();
        let mut own: Vec<_> = named.filter(|verb| matches!(verb, Cow::Owned(_))).collect();
        own.extend(
            each_once(services.iter().flatten().cloned())
                .iter()
                .map(|it| Verb::any_of(it)),
        );
        own.sort_unstable();
        own.dedup();
        let mut verbs = Self {
            all: Vec::with_capacity(Verb::table().len() + own.len()),
            known: Vec::with_capacity(Verb::table().len()),
            own: Vec::with_capacity(own.len()),
        };
        let mut left = Verb::table();
        for verb in own {
            let before = left.partition_point(|known| *known <= *verb);
            let (known, behind) = left.split_at(before);
            verbs.add_known(known);
            left = behind;
            verbs.own.push(verbs.all.len());
            verbs.all.push(verb);
        }
        verbs.add_known(left);
        verbs
    }

    fn add_known(&mut self, verbs: &'static [Verb]) {
        self.known
            .extend(self.all.len()..self.all.len() + verbs.len());
        self.all.extend(verbs.iter().map(Cow::Borrowed));
    }

    /// Calls `ask` with the position of every action that may be the one that a statement names, or one of those.
    pub(super) fn like(&self, action: &Action, mut ask: impl FnMut(usize)) {
        let whole = match action {
            Action::Known(at, verb) => Some((Some(*at), verb.lower.as_text())),
            Action::Other { lower, .. } => {
                let text = lower.as_text();
                let text = text.filter(|text| !text.contains(['*', '?']));
                text.map(|text| (verb::of_lower(text), Some(text)))
            }
        };
        let is_text = |at: &&usize| self.lower(**at).is_some();
        if let Some((known, name)) = whole {
            // A whole name is that of one action.
            let known = known.and_then(|at| self.known.get(at).copied());
            let mut own = self.own.iter().rev().copied();
            let own = own.find(|at| self.lower(*at) == name);
            own.max(known).into_iter().for_each(&mut ask);
        } else {
            let known = verb::positions(action.lower().beginning());
            let known = known.iter().filter_map(|(_, at)| self.known.get(*at));
            known
                .chain(self.own.iter().filter(is_text))
                .copied()
                .for_each(&mut ask);
        }
        self.own
            .iter()
            .filter(|at| !is_text(at))
            .copied()
            .for_each(ask);
    }

    /// The name of the action at a position in small letters, where it is no pattern.
    fn lower(&self, at: usize) -> Option<&str> {
        self.all.get(at)?.lower.as_text()
    }
}

/// The actions that a statement names, each for itself.
pub(super) fn named(actions: &Actions) -> Vec<Cow<'static, Verb>> {
    let named = actions.named.iter();
    named
        .filter_map(|action| match action {
            Action::Known(_, verb) => Some(Cow::Borrowed(*verb)),
            Action::Other { written, .. } => Verb::not_known(written).map(Cow::Owned),
        })
        .collect()
}

/// The services of a statement's actions, of which it names these.
pub(super) fn services(actions: &Actions, named: &[Cow<'static, Verb>]) -> Services {
    let everything = actions.all_but || actions.named.iter().any(Action::is_everything);
    let named = named.iter().map(|verb| verb.service.clone());
    if everything {
        each_once(named.chain(Verb::services()))
    } else {
        each_once(named)
    }
}

/// Services in order, each once.
pub(super) fn each_once(services: impl Iterator<Item = Cow<'static, str>>) -> Services {
    let mut services: Services = services.collect();
    services.sort_unstable();
    services.dedup();
    services
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::aws::access::value::Wild;

    #[test]
    fn an_action_is_like_all_that_it_fits() {
        let actions = Actions::these(&[
            "*",
            "s3:*",
            "S3:getobject",
            "s3:GetObject",
            "s3:Get*",
            "s3:?utObject",
            "logs:DescribeLogGroups",
            "ecr:GetAuthorizationToken",
            "ecr:Get*",
            "kms:",
            "sns:${what}",
            "nothing",
        ]);
        let named = named(&actions);
        let services = [services(&actions, &named)];
        let verbs = Verbs::of(vec![named], &services);
        assert!(verbs.all.is_sorted());
        for action in &actions.named {
            let fits = |at: &usize| action.lower().fits(&verbs.all[*at].lower, Wild::Glob);
            let mut like = Vec::new();
            verbs.like(action, |at| like.push(at));
            like.retain(|at| fits(at).possible());
            like.sort_unstable();
            let all = (0..verbs.all.len()).filter(|at| fits(at).possible());
            assert_eq!(like, all.collect::<Vec<_>>(), "{action:?}");
        }
    }
}
