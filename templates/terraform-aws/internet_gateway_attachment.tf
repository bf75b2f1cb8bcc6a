resource "aws_internet_gateway_attachment" {{ id }} {
  vpc_id              = {{ vpc }}
  internet_gateway_id = {{ gateway }}
}
