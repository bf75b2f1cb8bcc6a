resource "azurerm_public_ip" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  allocation_method   = "Static"
  sku                 = {{ sku }}
  {%- if version == "IPv6" %}
  ip_version          = "IPv6"
  {%- endif %}
  {%- if zones %}
  zones               = {{ zones | tree }}
  {%- endif %}
  tags                = local.tags
}
