resource "aws_route" {{ id }} {
  route_table_id = {{ table }}
{%- if ":" in destination %}
  destination_ipv6_cidr_block = {{ destination }}
{%- else %}
  destination_cidr_block = {{ destination }}
{%- endif %}
{%- if nat_gateway %}
  nat_gateway_id = {{ nat_gateway }}
{%- elif egress_only_gateway %}
  egress_only_gateway_id = {{ egress_only_gateway }}
{%- else %}
  gateway_id = {{ gateway }}
{%- endif %}
{%- if after %}

  depends_on = {{ after | tree }}
{%- endif %}
}
