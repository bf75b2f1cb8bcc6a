resource "azurerm_nat_gateway" {{ id }} {
  name                    = {{ name }}
  location                = azurerm_resource_group.main.location
  resource_group_name     = azurerm_resource_group.main.name
  sku_name                = "Standard"
  idle_timeout_in_minutes = {{ idle_minutes }}
  tags                    = local.tags
}
{%- for address in public_ips %}

resource "azurerm_nat_gateway_public_ip_association" {% if loop.first %}{{ id }}{% else %}{{ id ~ "_" ~ loop.index }}{% endif %} {
  nat_gateway_id       = azurerm_nat_gateway.{{ id | snake }}.id
  public_ip_address_id = {{ address }}
}
{%- endfor %}
