resource "azurerm_subnet" {{ id }} {
  name                            = {{ name }}
  resource_group_name             = azurerm_resource_group.main.name
  virtual_network_name            = {{ network }}
  address_prefixes                = {{ prefixes | tree }}
  default_outbound_access_enabled = {{ default_outbound_access }}
}
{%- if network_security_group %}

resource "azurerm_subnet_network_security_group_association" {{ id }} {
  subnet_id                 = azurerm_subnet.{{ id | snake }}.id
  network_security_group_id = {{ network_security_group }}
}
{%- endif %}
{%- if route_table %}

resource "azurerm_subnet_route_table_association" {{ id }} {
  subnet_id      = azurerm_subnet.{{ id | snake }}.id
  route_table_id = {{ route_table }}
}
{%- endif %}
{%- if nat_gateway %}

resource "azurerm_subnet_nat_gateway_association" {{ id }} {
  subnet_id      = azurerm_subnet.{{ id | snake }}.id
  nat_gateway_id = {{ nat_gateway }}
}
{%- endif %}
