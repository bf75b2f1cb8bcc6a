resource "azurerm_route_table" {{ id }} {
  name                          = {{ name }}
  location                      = azurerm_resource_group.main.location
  resource_group_name           = azurerm_resource_group.main.name
  bgp_route_propagation_enabled = {{ gateway_routes }}
  tags                          = local.tags
  {%- for route in routes %}
{#- An empty line stands between routes. #}
  {%- if route.prefix == "0.0.0.0/0" %}

  # {% if route.next_hop == "VirtualNetworkGateway" %}Whatever leaves for the Internet passes the datacenter.
  {%- elif route.next_hop == "Internet" %}Answers to clients on the Internet go out here, and not through the gateway's default site.
  {%- else %}Nothing leaves the network from here.
  {%- endif %}
  route {
  {%- else %}

  route {
  {%- endif %}
    name           = {{ route.name }}
    address_prefix = {{ route.prefix }}
    next_hop_type  = {{ route.next_hop }}
  }
  {%- endfor %}
}
