# AWS makes the pre-shared keys. Terraform's state holds them: keep the state encrypted and closed.
resource "aws_vpn_connection" {{ id }} {
  type                = "ipsec.1"
  vpn_gateway_id      = {{ gateway }}
  customer_gateway_id = {{ customer_gateway }}
  static_routes_only  = {{ static_routes }}
{%- for tunnel in tunnels %}

  tunnel{{ loop.index }}_ike_versions = {{ tunnel.ike_versions | tree }}
  tunnel{{ loop.index }}_phase1_encryption_algorithms = {{ tunnel.encryption | tree }}
  tunnel{{ loop.index }}_phase1_integrity_algorithms = {{ tunnel.integrity | tree }}
  tunnel{{ loop.index }}_phase1_dh_group_numbers = {{ tunnel.dh_groups | tree }}
  tunnel{{ loop.index }}_phase1_lifetime_seconds = {{ tunnel.phase1_seconds }}
  tunnel{{ loop.index }}_phase2_encryption_algorithms = {{ tunnel.encryption | tree }}
  tunnel{{ loop.index }}_phase2_integrity_algorithms = {{ tunnel.integrity | tree }}
  tunnel{{ loop.index }}_phase2_dh_group_numbers = {{ tunnel.dh_groups | tree }}
  tunnel{{ loop.index }}_phase2_lifetime_seconds = {{ tunnel.phase2_seconds }}
  tunnel{{ loop.index }}_dpd_timeout_action = {{ tunnel.dpd_action }}
  tunnel{{ loop.index }}_startup_action = {{ tunnel.startup_action }}
{%- endfor %}

  tags = {
    Name = {{ name }}
  }
}
