# moto has no filter by the id of a subnet's block of IPv6, and the provider waits for the block in vain.
resource "aws_subnet" "workers_1" {
  ipv6_cidr_block                 = null
  assign_ipv6_address_on_creation = null
}
