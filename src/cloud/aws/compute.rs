//! Launch templates and autoscale groups.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cloud::{Asset, ResourceId, Term};

/// What an instance starts from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag, and that of its instances.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The image.
    pub image: Image,
    /// The instance type.
    pub size: String,
    /// Size of the system disk in GiB; 0 where the image decides.
    pub disk_gib: u32,
    /// Whether the template says that the system disk is encrypted.
    pub disk_encrypted: bool,
    /// Of how many disks the template says something.
    pub disks: usize,
    /// Security groups.
    pub groups: Vec<Term>,
    /// Whether each gets a public address; nothing when the subnet decides, which whoever launches it names.
    pub public_address: Option<bool>,
    /// The instance profile's ARN.
    pub profile: Option<Term>,
    /// Whether the template says that instance metadata wants a session token, and answers no further than the instance
    /// itself.
    pub metadata_guarded: bool,
    /// Whether instance metadata tells the instance its own tags.
    pub metadata_tags: bool,
    /// What happens when the instance shuts itself down.
    pub shutdown: Shutdown,
    /// The script that runs at the first start.
    pub user_data: Option<Asset>,
    /// The tags of what is launched.
    pub tagged: Vec<Tagged>,
}

/// The tags that a launch puts on everything of one kind. Whoever launches must be allowed to put them there:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Tagged {
    /// The kind, as in `network-interface`.
    pub kind: String,
    /// The tags by their keys.
    pub tags: BTreeMap<String, Term>,
    /// Whether these are all of them: of a template by others, some may be known to nobody before the deploy.
    pub whole: bool,
}

/// A machine image.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// The path of the SSM parameter that holds the image's id.
    SsmParameter(Term),
    /// The image's id.
    Id(Term),
}

/// What happens when an instance shuts itself down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shutdown {
    /// It stops, and keeps its disk.
    Stop,
    /// It ends.
    Terminate,
}

/// Instances whose number follows the load, spread over subnets. Where the least is the most, nothing follows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AutoScalingGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag, and that of its instances.
    pub name: String,
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// The subnets.
    pub subnets: Vec<Term>,
    /// The launch template's id.
    pub template: Term,
    /// The launch template's version.
    pub version: Term,
    /// The processor load in percent that the number of instances is held at.
    pub target_cpu: u8,
}
