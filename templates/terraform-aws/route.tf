resource "aws_route" {{ id }} {
  route_table_id         = {{ table }}
  destination_cidr_block = {{ destination }}
  gateway_id             = {{ gateway }}
{%- if after %}

  depends_on = {{ after | tree }}
{%- endif %}
}
