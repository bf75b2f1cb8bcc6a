resource "azurerm_virtual_network_gateway" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  type                = "Vpn"
  vpn_type            = "RouteBased"
  sku                 = {{ sku }}
  active_active       = false
  bgp_enabled         = {% if asn %}true{% else %}false{% endif %}
  tags                = local.tags
  {%- if default_site %}

  # The gateway sends what has no other route, and so what is meant for the Internet, to the datacenter.
  default_local_network_gateway_id = {{ default_site }}
  {%- endif %}
  {%- if asn %}

  bgp_settings {
    asn = {{ asn }}
  }
  {%- endif %}

  ip_configuration {
    name                          = "public"
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id          = {{ public_ip }}
    subnet_id                     = {{ subnet }}
  }
}
