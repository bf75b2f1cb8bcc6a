resource "aws_internet_gateway" {{ id }} {
  tags = {
    Name = {{ name }}
  }
}
