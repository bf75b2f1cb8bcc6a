resource "aws_iam_instance_profile" {{ id }} {
  name = {{ name }}
  role = {{ role }}
}
