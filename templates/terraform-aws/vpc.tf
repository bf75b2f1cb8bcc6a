resource "aws_vpc" {{ id }} {
  cidr_block           = {{ cidr }}
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = {{ name }}
  }
}
