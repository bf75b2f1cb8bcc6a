{#- A block of IPv6 that AWS gives stands with the VPC, and is waited for with it. -#}
{%- set waits = [it for it in after if not ipv6.part or not "_ipv6" in it] -%}
resource "aws_subnet" {{ id }} {
  vpc_id                  = {{ vpc }}
  availability_zone       = {{ zone }}
  cidr_block              = {{ cidr }}
  map_public_ip_on_launch = {{ public_addresses }}
{%- if ipv6 %}

  {% if ipv6.known -%}
  ipv6_cidr_block                 = {{ ipv6.known }}
  {%- else -%}
  ipv6_cidr_block                 = cidrsubnet({{ ipv6.part.of }}, 8, {{ ipv6.part.number }})
  {%- endif %}
  assign_ipv6_address_on_creation = {{ ipv6_addresses }}
{%- endif %}

  tags = {
    Name = {{ name }}
  }{%- if waits %}

  depends_on = {{ waits | tree }}
{%- endif %}
}
