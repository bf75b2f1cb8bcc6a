resource "aws_vpc" {{ id }} {
  cidr_block           = {{ cidr }}
  enable_dns_support   = true
  enable_dns_hostnames = true
{%- if ipv6.some_ipv6 %}

  assign_generated_ipv6_cidr_block = true
{%- endif %}

  tags = {
    Name = {{ name }}
  }
{%- if ipv6.known %}

  lifecycle {
    # The provider finds here the pool of the block that is associated with the VPC below.
    ignore_changes = [ipv6_ipam_pool_id]
  }
{%- endif %}
}
