resource "azurerm_local_network_gateway" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  gateway_address     = {{ address }}
  {%- if address_space %}
  address_space       = {{ address_space | tree }}
  {%- endif %}
  tags                = local.tags
  {%- if bgp %}

  bgp_settings {
    asn                 = {{ bgp.asn }}
    bgp_peering_address = {{ bgp.address }}
  }
  {%- endif %}
}
