resource "azurerm_monitor_autoscale_setting" {{ id }} {
  name                = {{ name }}
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  target_resource_id  = {{ target }}
  enabled             = true
  tags                = local.tags

  profile {
    name = "load"

    capacity {
      minimum = {{ minimum }}
      maximum = {{ maximum }}
      default = {{ minimum }}
    }
    {%- for rule in rules %}

    rule {
      metric_trigger {
        metric_name        = "Percentage CPU"
        metric_resource_id = {{ target }}
        time_grain         = "PT1M"
        statistic          = "Average"
        time_window        = "PT5M"
        time_aggregation   = "Average"
        operator           = "{% if rule.out %}GreaterThan{% else %}LessThan{% endif %}"
        threshold          = {{ rule.cpu_percent }}
      }

      scale_action {
        direction = "{% if rule.out %}Increase{% else %}Decrease{% endif %}"
        type      = "ChangeCount"
        value     = 1
        cooldown  = "PT5M"
      }
    }
    {%- endfor %}
  }
}
