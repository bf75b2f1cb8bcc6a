resource "azurerm_lb" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  tags                = local.tags
  {%- for frontend in frontends %}

  frontend_ip_configuration {
    name                 = {{ frontend.name }}
    public_ip_address_id = {{ frontend.public_ip }}
  }
  {%- endfor %}
}
{%- for pool in pools %}

resource "azurerm_lb_backend_address_pool" {{ pool.id }} {
  name            = {{ pool.name }}
  loadbalancer_id = azurerm_lb.{{ id | snake }}.id
}
{%- endfor %}
{%- for probe in probes %}

resource "azurerm_lb_probe" {{ probe.id }} {
  name                = {{ probe.name }}
  loadbalancer_id     = azurerm_lb.{{ id | snake }}.id
  {%- if probe.path %}
  protocol            = "Http"
  request_path        = {{ probe.path }}
  {%- else %}
  protocol            = "Tcp"
  {%- endif %}
  port                = {{ probe.port }}
  interval_in_seconds = {{ probe.interval_seconds }}
  probe_threshold     = {{ probe.threshold }}
}
{%- endfor %}
{%- for rule in rules %}

resource "azurerm_lb_rule" {{ rule.id }} {
  name                           = {{ rule.name }}
  loadbalancer_id                = azurerm_lb.{{ id | snake }}.id
  protocol                       = {{ rule.protocol }}
  frontend_ip_configuration_name = {{ rule.frontend }}
  frontend_port                  = {{ rule.frontend_port }}
  backend_address_pool_ids       = [{{ rule.pool }}]
  backend_port                   = {{ rule.backend_port }}
  probe_id                       = {{ rule.probe }}
  disable_outbound_snat          = {{ not rule.outbound_snat }}
  tcp_reset_enabled              = {{ rule.protocol == "Tcp" }}
  idle_timeout_in_minutes        = 4
}
{%- endfor %}
{%- for rule in nat_rules %}

# A port of the front end for each machine, from the first one of the range on.
resource "azurerm_lb_nat_rule" {{ rule.id }} {
  name                           = {{ rule.name }}
  resource_group_name            = azurerm_resource_group.main.name
  loadbalancer_id                = azurerm_lb.{{ id | snake }}.id
  protocol                       = {{ rule.protocol }}
  frontend_ip_configuration_name = {{ rule.frontend }}
  frontend_port_start            = {{ rule.first_port }}
  frontend_port_end              = {{ rule.last_port }}
  backend_address_pool_id        = {{ rule.pool }}
  backend_port                   = {{ rule.backend_port }}
  tcp_reset_enabled              = {{ rule.protocol == "Tcp" }}
  idle_timeout_in_minutes        = 4
}
{%- endfor %}
