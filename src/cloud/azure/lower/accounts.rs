//! Which name the administrator's account may have.

use super::CLOUD;
use crate::cloud::LoweringError;

/// Names that Azure refuses
/// (<https://learn.microsoft.com/azure/virtual-machines/linux/faq#what-are-the-username-requirements-when-creating-a-vm->).
const REFUSED: &str = "1 123 a actuser adm admin admin1 admin2 administrator aspnet backup console david guest john owner \
                       root server sql support support_388945a0 sys test test1 test2 test3 user user1 user2 user3 user4 \
                       user5 video daemon";

/// Users and groups that Debian and Ubuntu have from the start. Azure takes these names; but the machine then cannot make
/// the account and the group of the same name that goes with it, and nobody can log in
/// (<https://wiki.debian.org/SystemGroups>, <https://manpages.debian.org/bookworm/passwd/useradd.8.en.html>).
const TAKEN: &str = "operator bin sync games man lp mail news uucp proxy www-data list irc nobody tty disk kmem dialout fax \
                     voice cdrom floppy tape sudo audio dip src shadow utmp sasl plugdev staff users nogroup crontab kvm \
                     render input syslog ssh messagebus landscape";

/// What is wrong with the name of an account.
pub(super) fn check(user: &str) -> Option<LoweringError> {
    let plain = user
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
        && user.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let among = |names: &str| names.split_whitespace().any(|name| name == user);
    let help = if among(TAKEN) {
        "take another name: Debian and Ubuntu have a user or group of this one, so that the account cannot be made \
         (https://wiki.debian.org/SystemGroups)"
    } else if !plain || user.len() > 64 || among(REFUSED) {
        "take lower-case letters, digits, `_` and `-`, and no common name such as `admin` or `root` \
         (https://learn.microsoft.com/azure/virtual-machines/linux/faq)"
    } else {
        return None;
    };
    Some(LoweringError::Text {
        what: "the administrator's account".into(),
        found: format!("the name {user:?}"),
        cloud: CLOUD,
        help: help.into(),
    })
}
