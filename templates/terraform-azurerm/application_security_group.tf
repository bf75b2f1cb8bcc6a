resource "azurerm_application_security_group" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
}
