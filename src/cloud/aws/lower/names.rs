//! Names and texts that several topics need.

use crate::cloud::{Environment, Term};
use crate::net::{Cidr, Traffic};
use crate::plan::Bound;

/// `192.168.0.0/16` as a part of a name: `192-168-0-0-16`, and `2a00:1450::/32` as `2a00-1450-0-32`.
pub(super) fn cidr(cidr: Cidr) -> String {
    // Two colons stand for groups of zeros. They leave a zero behind, so that no two blocks have one name.
    let text = cidr.to_string().replace("::", ":0:");
    let text = text.replace(['.', '/', ':'], "-");
    text.replace("--", "-").trim_start_matches('-').to_owned()
}

/// `tcp/443` as a part of a name: `tcp-443`.
pub(super) fn traffic(traffic: Traffic) -> String {
    traffic.to_string().replace('/', "-")
}

/// `analysis-results` as the beginning of an environment variable: `ANALYSIS_RESULTS`.
pub(super) fn variable(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

/// `analysis-results` as a part of an output's name: `analysis_results`.
pub(super) fn output(name: &str) -> String {
    name.replace('-', "_")
}

/// `analysis-results` as a part of a statement's name, which is of letters and digits: `AnalysisResults`.
pub(super) fn sid(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

/// Texts one after the other.
pub(super) fn join(parts: impl IntoIterator<Item = Term>) -> Term {
    Term::Join(parts.into_iter().collect())
}

/// The ARN of something in this account and region, as in `arn:aws:ec2:eu-west-1:123456789012:instance/*`.
pub(super) fn arn(service: &str, rest: impl IntoIterator<Item = Term>) -> Term {
    let head = [
        "arn:".into(),
        Term::Environment(Environment::Partition),
        format!(":{service}:").into(),
        Term::Environment(Environment::Region),
        ":".into(),
        Term::Environment(Environment::AccountId),
        ":".into(),
    ];
    join(head.into_iter().chain(rest))
}

/// The values of a list that is known now, or the parameter that will hold the list.
pub(super) fn values<T: Clone + ToString>(bound: &Bound<Vec<T>>) -> Vec<Term> {
    match bound {
        Bound::Known(values) => values
            .iter()
            .map(|value| value.to_string().into())
            .collect(),
        Bound::Deploy(name) => vec![Term::Parameter(name.into())],
    }
}

/// The value that is known now, or the parameter that will hold it.
pub(super) fn value<T: ToString>(bound: &Bound<T>) -> Term {
    match bound {
        Bound::Known(value) => value.to_string().into(),
        Bound::Deploy(name) => Term::Parameter(name.into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_blocks_have_one_name() {
        let name = |text: &str| super::cidr(text.parse().unwrap());
        assert_eq!(name("192.168.0.0/16"), "192-168-0-0-16");
        assert_eq!(name("2a00:1450::/32"), "2a00-1450-0-32");
        assert_eq!(name("::/0"), "0-0");
        assert_ne!(name("2a00::1450/128"), name("2a00:1450::/128"));
    }
}
