resource "aws_vpn_gateway_attachment" {{ id }} {
  vpc_id         = {{ vpc }}
  vpn_gateway_id = {{ gateway }}
}
