# moto gives no block of IPv6 out of a pool, and the provider does not survive the answer.
resource "aws_vpc_ipv6_cidr_block_association" "main_brought_ipv6" {
  count = 0
}
