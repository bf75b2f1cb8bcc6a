# {{ why | comment }}
resource "aws_sns_topic_subscription" {{ id }} {
  topic_arn = {{ topic }}
  protocol  = "email"
  endpoint  = {{ email }}
}
