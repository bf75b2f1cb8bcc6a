{%- set label = id | snake -%}
resource "azurerm_network_security_group" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
}
{%- for rule in rules %}

resource "azurerm_network_security_rule" {{ rule.id }} {
  name                        = {{ rule.name }}
  description                 = {{ rule.description }}
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ label }}.name
  priority                    = {{ rule.priority }}
  direction                   = {{ rule.direction }}
  access                      = {{ rule.access }}
  protocol                    = {{ rule.protocol }}
  {%- if rule.source.kind == "any" %}
  source_address_prefix       = "*"
  {%- elif rule.source.kind == "tag" %}
  source_address_prefix       = {{ rule.source.of }}
  {%- elif rule.source.kind == "blocks" and rule.source.of | length == 1 %}
  source_address_prefix       = {{ rule.source.of[0] }}
  {%- elif rule.source.kind == "blocks" %}
  source_address_prefixes     = {{ rule.source.of | tree }}
  {%- else %}
  source_application_security_group_ids = {{ rule.source.of | tree }}
  {%- endif %}
  source_port_range           = "*"
  {%- if rule.destination.kind == "any" %}
  destination_address_prefix  = "*"
  {%- elif rule.destination.kind == "tag" %}
  destination_address_prefix  = {{ rule.destination.of }}
  {%- elif rule.destination.kind == "blocks" and rule.destination.of | length == 1 %}
  destination_address_prefix  = {{ rule.destination.of[0] }}
  {%- elif rule.destination.kind == "blocks" %}
  destination_address_prefixes = {{ rule.destination.of | tree }}
  {%- else %}
  destination_application_security_group_ids = {{ rule.destination.of | tree }}
  {%- endif %}
  {%- if rule.ports | length == 0 %}
  destination_port_range      = "*"
  {%- elif rule.ports | length == 1 %}
  destination_port_range      = {{ rule.ports[0] }}
  {%- else %}
  destination_port_ranges     = {{ rule.ports | tree }}
  {%- endif %}
}
{%- endfor %}
