# A gateway endpoint: it costs nothing, and lets nothing pass but what its policy says.
resource "aws_vpc_endpoint" {{ id }} {
  vpc_id            = {{ vpc }}
  service_name      = {{ service }}
  vpc_endpoint_type = "Gateway"
  route_table_ids   = {{ tables | tree }}

  policy = jsonencode({{ policy | tree(indent=2) }})

  tags = {
    Name = {{ name }}
  }
}
