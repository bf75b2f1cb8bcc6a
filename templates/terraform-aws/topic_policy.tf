resource "aws_sns_topic_policy" {{ id }} {
  arn    = {{ topic }}
  policy = jsonencode({{ policy | tree(indent=2) }})
}
