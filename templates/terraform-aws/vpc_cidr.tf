{%- if block.some_ipv6 %}resource "aws_vpc_ipv6_cidr_block_association" {{ id }} {
  vpc_id                           = {{ vpc }}
  assign_generated_ipv6_cidr_block = true
}
{%- elif pool %}resource "aws_vpc_ipv6_cidr_block_association" {{ id }} {
  vpc_id          = {{ vpc }}
  ipv6_cidr_block = {{ block.known }}
  ipv6_pool       = {{ pool }}
}
{%- else %}resource "aws_vpc_ipv4_cidr_block_association" {{ id }} {
  vpc_id     = {{ vpc }}
  cidr_block = {{ block.known }}
}
{%- endif %}
