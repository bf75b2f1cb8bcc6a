//! The services of a plan, without behaviour.

use super::Bound;

/// A cloud service that is a peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Service {
    /// Objects.
    Bucket(Bucket),
    /// Code that an event starts.
    Function(Function),
    /// Messages to subscribers.
    Topic(Topic),
}

/// A bucket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// Name in the pattern.
    pub name: String,
    /// What it is encrypted with: the deploy-time parameter with a KMS key, or the service's own key.
    pub kms_key: Option<Bound<String>>,
    /// After how many days an object that has been superseded is deleted.
    pub keep_old_versions_days: u32,
}

/// A function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Name in the pattern.
    pub name: String,
    /// Its folder under `templates/functions/`.
    pub code: String,
    /// Seconds that it may take, 1 to 900.
    pub timeout_seconds: u32,
    /// For how many days its logs are kept.
    pub log_days: u32,
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// Name in the pattern.
    pub name: String,
    /// The e-mail address that it delivers to.
    pub subscriber: Bound<String>,
    /// The KMS key that it is encrypted with, or the cloud's own key for topics.
    pub kms_key: Option<Bound<String>>,
}
