resource "aws_vpn_gateway" {{ id }} {
  amazon_side_asn = {{ asn }}

  tags = {
    Name = {{ name }}
  }
}
