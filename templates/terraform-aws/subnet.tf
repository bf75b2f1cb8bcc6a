resource "aws_subnet" {{ id }} {
  vpc_id                  = {{ vpc }}
  availability_zone       = {{ zone }}
  cidr_block              = {{ cidr }}
  map_public_ip_on_launch = {{ public_addresses }}

  tags = {
    Name = {{ name }}
  }{%- if after %}

  depends_on = {{ after | tree }}
{%- endif %}
}
