//! Terraform for the provider hashicorp/azurerm.

use super::{Provider, label, render_folder};
use crate::cloud::{Attribute, Environment, Kind, ResourceId, Resources, azure};
use crate::render::engine::RenderError;
use crate::render::{File, Library};

/// hashicorp/azurerm.
pub(super) struct Azure;

pub(in crate::render) fn render(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let engine = library.engine::<super::Hcl<Azure>>("terraform-azurerm")?;
    render_folder::<Azure, azure::Resource>(resources, &engine)
}

impl Provider for Azure {
    fn attribute(id: &ResourceId, attribute: Attribute) -> String {
        let Kind::Azure(kind) = id.kind else {
            unreachable!("hashicorp/azurerm is never asked for a resource of AWS");
        };
        let name = match attribute {
            Attribute::Name => "name",
            _ => "id",
        };
        let block = match kind {
            azure::Kind::VirtualNetwork => "azurerm_virtual_network",
            azure::Kind::Subnet => "azurerm_subnet",
        };
        format!("{block}.{}.{name}", label(id))
    }

    fn environment(environment: Environment) -> &'static str {
        match environment {
            Environment::AccountId => "data.azurerm_client_config.current.subscription_id",
            Environment::Region => "azurerm_resource_group.main.location",
            Environment::Partition => "\"public\"",
        }
    }
}
