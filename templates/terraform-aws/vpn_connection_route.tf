resource "aws_vpn_connection_route" {{ id }} {
  vpn_connection_id      = {{ connection }}
  destination_cidr_block = {{ destination }}
}
