# Instances reach the Internet through it over IPv6; nothing comes in.
resource "aws_egress_only_internet_gateway" {{ id }} {
  vpc_id = {{ vpc }}
}
