# moto returns no EventBridgeConfiguration of a bucket.
resource "aws_s3_bucket_notification" "intake" {
  lifecycle {
    ignore_changes = [eventbridge]
  }
}

resource "aws_s3_bucket_notification" "results" {
  lifecycle {
    ignore_changes = [eventbridge]
  }
}
