{%- if note %}# {{ note | comment }}
{% endif %}resource "aws_route_table" {{ id }} {
  vpc_id = {{ vpc }}

  tags = {
    Name = {{ name }}
  }
}
