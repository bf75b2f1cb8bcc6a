resource "azurerm_public_ip_prefix" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  prefix_length       = {{ length }}
  {%- if zones %}
  zones               = {{ zones | tree }}
  {%- endif %}
  tags                = local.tags
}
