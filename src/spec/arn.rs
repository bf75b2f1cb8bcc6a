//! ARNs, as far as a parameter can hold one.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

/// Whether `text` names one IAM role or user, as in `arn:aws:iam::123456789012:role/sender`: not an account, and nothing
/// with `*`, either of which would stand for more than was meant.
pub(super) fn is_principal(text: &str) -> bool {
    let named = |c: char| c.is_ascii_alphanumeric() || "+=,.@_/-".contains(c);
    resource(text, "iam", str::is_empty).is_some_and(|resource| {
        ["role/", "user/"]
            .iter()
            .filter_map(|kind| resource.strip_prefix(kind))
            .any(|name| !name.is_empty() && name.chars().all(named))
    })
}

/// Whether `text` names one KMS key, and not an alias.
pub(super) fn is_kms_key(text: &str) -> bool {
    let region = |text: &str| !text.is_empty() && text.chars().all(is_lower_or_digit);
    let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
    resource(text, "kms", region)
        .and_then(|resource| resource.strip_prefix("key/"))
        .is_some_and(|id| !id.is_empty() && id.chars().all(named))
}

/// The last part of an ARN of `service`, in any partition and in an account.
fn resource<'a>(text: &'a str, service: &str, region: impl Fn(&str) -> bool) -> Option<&'a str> {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next();
    let head = next()? == "arn"
        && next()?
            .strip_prefix("aws")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        && next()? == service
        && region(next()?);
    let account = next()?;
    let account = account.len() == 12 && account.chars().all(|c| c.is_ascii_digit());
    (head && account).then(next)?
}

fn is_lower_or_digit(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_one_role_or_one_user() {
        for right in [
            "arn:aws:iam::123456789012:role/sender",
            "arn:aws-us-gov:iam::123456789012:user/team/one@example.com",
        ] {
            assert!(is_principal(right), "{right}");
        }
        for wrong in [
            "*",
            "arn:aws:iam::123456789012:root",
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam::123456789012:role/a?",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::*:role/sender",
            "arn:aws:iam::12345678901:role/sender",
            "arn:aws:iam:eu-west-1:123456789012:role/sender",
            "arn:aws:sts::123456789012:assumed-role/sender/me",
            "arn:aws!:iam::123456789012:role/sender",
            "x arn:aws:iam::123456789012:role/sender",
            "arn:aws:iam::123456789012:role/sender x",
            "arn:aws",
        ] {
            assert!(!is_principal(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_no_alias() {
        assert!(is_kms_key(
            "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef"
        ));
        for wrong in [
            "arn:aws:kms:eu-west-1:123456789012:alias/mine",
            "arn:aws:kms::123456789012:key/11111111",
            "arn:aws:kms:eu-west-1:123456789012:key/",
            "arn:aws:kms:eu-west-1:123456789012:key/*",
            "11111111-2222-3333-4444-555555555555",
        ] {
            assert!(!is_kms_key(wrong), "{wrong}");
        }
    }
}
