resource "azurerm_virtual_network" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  address_space       = {{ address_space | tree }}
  tags                = local.tags
}
