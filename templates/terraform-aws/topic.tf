resource "aws_sns_topic" {{ id }} {
  name              = {{ name }}
  kms_master_key_id = {{ kms_key }}

  tags = {
    Name = {{ name }}
  }
}
