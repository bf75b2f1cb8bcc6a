# The event goes by EventBridge, so that neither the bucket nor the function has to be there before the other.
resource "aws_cloudwatch_event_rule" {{ id }} {
  name        = {{ name }}
  description = {{ description }}

  event_pattern = jsonencode({
    source = [{{ source }}]
    "detail-type" = [{{ detail_type }}]
    detail = {
      bucket = {
        name = [{{ bucket }}]
      }
    }
  })

  tags = {
    Name = {{ name }}
  }
}

resource "aws_cloudwatch_event_target" {{ id }} {
  rule      = aws_cloudwatch_event_rule.{{ id | snake }}.name
  target_id = {{ target_name }}
  arn       = {{ target }}
}
