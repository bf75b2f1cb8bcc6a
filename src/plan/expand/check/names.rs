//! The names of a plan's parts: what each stands for, and that no format takes two of them for one.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::{Plan, Scale, Service};

/// What a name in a plan stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Tier,
    OnDemandTier,
    LoadBalancer,
    Endpoint,
    Bucket,
    Function,
    Topic,
}

/// Every name that a flow may use. Two parts with names that a format could take for one are refused.
pub(super) fn names<'p>(
    plan: &'p Plan,
    place: &Place,
    diags: &mut Diagnostics,
) -> BTreeMap<&'p str, What> {
    let tiers = plan.tiers.values().map(|tier| {
        let on_demand = tier
            .machines
            .as_ref()
            .is_some_and(|machines| matches!(machines.scale, Scale::OnDemand { .. }));
        let what = if on_demand {
            What::OnDemandTier
        } else {
            What::Tier
        };
        (tier.name.as_str(), what)
    });
    let services = plan.services.iter().map(|(name, service)| {
        let what = match service {
            Service::Bucket(_) => What::Bucket,
            Service::Function(_) => What::Function,
            Service::Topic(_) => What::Topic,
        };
        (name.as_str(), what)
    });
    let gateways = plan.networks.iter().flat_map(|network| {
        let balancers = network
            .load_balancers
            .keys()
            .map(|name| (name.as_str(), What::LoadBalancer));
        let endpoints = network
            .endpoints
            .keys()
            .map(|name| (name.as_str(), What::Endpoint));
        balancers.chain(endpoints)
    });
    let mut names = BTreeMap::new();
    let mut squeezed = BTreeMap::new();
    for (name, what) in tiers.chain(services).chain(gateways) {
        // `app_1` and `app1` are one word in formats without underscores.
        if let Some(other) = squeezed.insert(name.replace('_', ""), name) {
            let message = format!(
                "`{name}` and `{other}` are too much alike: some formats write both the same"
            );
            diags.push(Diagnostic::new(Code::InvalidName, message).at(place.clone()));
        }
        if matches!(name, "internet" | "datacenter") {
            let message = format!("`{name}` has a meaning of its own and cannot be a name");
            diags.push(Diagnostic::new(Code::InvalidName, message).at(place.clone()));
        }
        names.insert(name, what);
    }
    names
}
