{#- A block that AWS gives is said of the VPC itself: the provider would find it there, and take it away again. -#}
{%- if pool -%}
resource "aws_vpc_ipv6_cidr_block_association" {{ id }} {
  vpc_id          = {{ vpc }}
  ipv6_cidr_block = {{ block.known }}
  ipv6_pool       = {{ pool }}
}
{%- elif not block.some_ipv6 -%}
resource "aws_vpc_ipv4_cidr_block_association" {{ id }} {
  vpc_id     = {{ vpc }}
  cidr_block = {{ block.known }}
}
{%- endif %}
