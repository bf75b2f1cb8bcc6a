# The group that the VPC makes by itself, without rules: what is launched into it by mistake reaches nothing.
resource "aws_default_security_group" {{ id }} {
  vpc_id = {{ vpc }}

  tags = {
    Name = {{ name }}
  }
}
