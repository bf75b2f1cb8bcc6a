resource "aws_vpc_ipv4_cidr_block_association" {{ id }} {
  vpc_id     = {{ vpc }}
  cidr_block = {{ block.known }}
}
