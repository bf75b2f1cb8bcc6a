resource "aws_s3_bucket_policy" {{ id }} {
  bucket = {{ bucket }}
  policy = jsonencode({{ policy | tree(indent=2) }})

  # S3 takes one change of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.{{ id | snake }}]
}
