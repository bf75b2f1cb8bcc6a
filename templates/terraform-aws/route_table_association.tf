resource "aws_route_table_association" {{ id }} {
  subnet_id      = {{ subnet }}
  route_table_id = {{ table }}
}
