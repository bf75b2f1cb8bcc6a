resource "aws_iam_role" {{ id }} {
  name        = {{ name }}
  description = {{ description }}

  assume_role_policy = jsonencode({{ trust | tree(indent=2) }})

  tags = {
    Name = {{ name }}
  }
}

resource "aws_iam_role_policy" {{ id }} {
  name   = "flows"
  role   = aws_iam_role.{{ id | snake }}.id
  policy = jsonencode({{ policy | tree(indent=2) }})
}
