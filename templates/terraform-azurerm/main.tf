locals {
  tags = {{ header.tags | tree(indent=2) }}
}

resource "azurerm_resource_group" "main" {
  name     = var.resource_group_name
  location = var.location
  tags     = local.tags
}
