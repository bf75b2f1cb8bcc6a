//! Gives back what a stack was given, because somebody says that nothing stands there any more.

use super::{Ledger, StackKey};
use crate::net::Cidr;
use crate::plan::Plan;

/// Why nothing is given back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReleaseError {
    /// No stack of this name has anything.
    #[error("the ledger has no stack `{name}`")]
    Stack {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The stack is not there in this environment.
    #[error("the ledger has `{stack}`, but not {}", in_environment(.asked.as_deref()))]
    Environment {
        /// The stack.
        stack: String,
        /// The environment that was asked for.
        asked: Option<String>,
        /// Those that it has.
        known: Vec<String>,
    },
    /// The stack has no subnet of this name.
    #[error("`{stack}` has no subnet `{name}` in the ledger")]
    Subnet {
        /// The stack.
        stack: String,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
}

impl Ledger {
    /// Frees the blocks of some subnets of a stack, or all that the stack has when none is named: what was freed, by the names
    /// of subnets.
    ///
    /// # Errors
    /// When there is no such stack or subnet. Then nothing is freed.
    pub fn release(
        &mut self,
        stack: &str,
        environment: Option<&str>,
        subnets: &[String],
    ) -> Result<Vec<(String, Cidr)>, ReleaseError> {
        let key = StackKey {
            stack: stack.to_owned(),
            environment: environment.map(ToOwned::to_owned),
        };
        let entry = self.stacks.get(&key).ok_or_else(|| self.unknown(&key))?;
        let rooms = entry.networks.values().flat_map(|given| &given.rooms);
        let had: Vec<_> = rooms
            .map(|((name, _), room)| (name.clone(), room.cidr))
            .collect();
        if subnets.is_empty() {
            self.stacks.remove(&key);
            return Ok(had);
        }
        let missing = subnets
            .iter()
            .find(|name| !had.iter().any(|(known, _)| known == *name));
        if let Some(name) = missing {
            let mut known: Vec<_> = had.iter().map(|(name, _)| name.clone()).collect();
            known.dedup();
            return Err(ReleaseError::Subnet {
                stack: stack.to_owned(),
                name: name.clone(),
                known,
            });
        }
        let networks = self.stacks.get_mut(&key).into_iter();
        for given in networks.flat_map(|entry| entry.networks.iter_mut().map(|(_, given)| given)) {
            given.rooms.retain(|(name, _), _| !subnets.contains(name));
        }
        let freed = had.into_iter().filter(|(name, _)| subnets.contains(name));
        Ok(freed.collect())
    }

    /// Frees the blocks of every subnet that a plan has. What a subnet that is gone had stays.
    pub fn forget(&mut self, plan: &Plan) {
        let key = StackKey {
            stack: plan.stack.clone(),
            environment: plan.environment.clone(),
        };
        let networks = self.stacks.get_mut(&key).into_iter();
        let given = networks.flat_map(|entry| entry.networks.iter_mut());
        for (name, given) in given {
            let network = plan.networks.iter().find(|network| network.name == *name);
            let groups = network.into_iter().flat_map(|network| &network.subnets);
            for group in groups {
                given.rooms.retain(|(name, _), _| *name != group.name);
            }
        }
    }

    /// The error that there is no such stack, or not in such an environment.
    fn unknown(&self, key: &StackKey) -> ReleaseError {
        let mut known: Vec<_> = self.stacks.keys().map(|key| key.stack.clone()).collect();
        if known.contains(&key.stack) {
            let same = self.stacks.keys().filter(|it| it.stack == key.stack);
            return ReleaseError::Environment {
                stack: key.stack.clone(),
                asked: key.environment.clone(),
                known: same.filter_map(|key| key.environment.clone()).collect(),
            };
        }
        known.dedup();
        ReleaseError::Stack {
            name: key.stack.clone(),
            known,
        }
    }
}

fn in_environment(environment: Option<&str>) -> String {
    match environment {
        Some(environment) => format!("in the environment `{environment}`"),
        None => "outside its environments".to_owned(),
    }
}
