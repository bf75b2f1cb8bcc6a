//! Terraform for the provider hashicorp/aws.

use super::{Provider, label, render_folder};
use crate::cloud::{Attribute, Environment, Kind, ResourceId, Resources, aws};
use crate::render::engine::RenderError;
use crate::render::{File, Library};

/// hashicorp/aws.
pub(super) struct Aws;

pub(in crate::render) fn render(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let engine = library.engine::<super::Hcl<Aws>>("terraform-aws")?;
    render_folder::<Aws, aws::Resource>(resources, &engine)
}

impl Provider for Aws {
    fn attribute(id: &ResourceId, attribute: Attribute) -> String {
        let Kind::Aws(kind) = id.kind else {
            unreachable!("hashicorp/aws is never asked for a resource of Azure");
        };
        let name = match attribute {
            Attribute::Arn => "arn",
            _ => "id",
        };
        let block = match kind {
            aws::Kind::Vpc => "aws_vpc",
            aws::Kind::Subnet => "aws_subnet",
        };
        format!("{block}.{}.{name}", label(id))
    }

    fn environment(environment: Environment) -> &'static str {
        match environment {
            Environment::AccountId => "data.aws_caller_identity.current.account_id",
            Environment::Region => "data.aws_region.current.id",
            Environment::Partition => "data.aws_partition.current.partition",
        }
    }
}
