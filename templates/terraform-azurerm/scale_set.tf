{%- if encryption_at_host %}
# Encryption at the host wants the feature Microsoft.Compute/EncryptionAtHost registered in the subscription.
{%- endif %}
resource "azurerm_linux_virtual_machine_scale_set" {{ id }} {
  name                            = {{ name }}
  location                        = azurerm_resource_group.main.location
  resource_group_name             = azurerm_resource_group.main.name
  sku                             = {{ size }}
  instances                       = {{ instances }}
  zones                           = {{ zones | tree }}
  platform_fault_domain_count     = 1
  single_placement_group          = false
  overprovision                   = false
  upgrade_mode                    = "Manual"
  computer_name_prefix            = {{ computer_name_prefix }}
  admin_username                  = {{ admin_user }}
  disable_password_authentication = true
  encryption_at_host_enabled      = {{ encryption_at_host }}
  secure_boot_enabled             = {{ secure_boot }}
  vtpm_enabled                    = {{ vtpm }}
  {%- if cloud_init %}
  custom_data                     = {{ cloud_init | encoded }}
  {%- endif %}
  {%- if health %}
  health_probe_id                 = {{ health.probe }}
  {%- endif %}
  tags                            = local.tags

  admin_ssh_key {
    username   = {{ admin_user }}
    public_key = {{ admin_key }}
  }

  source_image_reference {
    publisher = {{ image | part(index=0) }}
    offer     = {{ image | part(index=1) }}
    sku       = {{ image | part(index=2) }}
    version   = {{ image | part(index=3) }}
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = {{ disk_type }}
    disk_size_gb         = {{ disk_gib }}
  }

  network_interface {
    name    = "primary"
    primary = true
    {%- if interface.network_security_group %}
    network_security_group_id = {{ interface.network_security_group }}
    {%- endif %}

    ip_configuration {
      name      = "primary"
      primary   = true
      version   = "IPv4"
      subnet_id = {{ interface.subnet }}
      application_security_group_ids = {{ interface.groups | tree }}
      {%- if interface.pools %}
      load_balancer_backend_address_pool_ids = {{ interface.pools | tree }}
      {%- endif %}
      {%- if interface.public_address %}

      public_ip_address {
        name                = "public"
        public_ip_prefix_id = {{ interface.public_address.prefix }}
      }
      {%- endif %}
    }
    {%- if interface.ipv6 %}

    ip_configuration {
      name      = "ipv6"
      version   = "IPv6"
      subnet_id = {{ interface.ipv6.subnet }}
      application_security_group_ids = {{ interface.ipv6.groups | tree }}
      {%- if interface.ipv6.pools %}
      load_balancer_backend_address_pool_ids = {{ interface.ipv6.pools | tree }}
      {%- endif %}
    }
    {%- endif %}
  }
  {%- if health and health.repair %}

  automatic_instance_repair {
    enabled      = true
    action       = "Replace"
    grace_period = "PT30M"
  }
  {%- endif %}

  lifecycle {
    # The autoscale setting decides how many there are.
    ignore_changes = [instances]
  }
  {%- if after %}

  # What is let through, and which way it takes, is settled before a machine starts{% if health %}; and the probe is a sign of health once a
  # rule uses it{% endif %}.
  depends_on = [
    {%- for other in after %}
    {{ other }},
    {%- endfor %}
  ]
  {%- endif %}
}
