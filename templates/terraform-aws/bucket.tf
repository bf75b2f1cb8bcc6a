# Terraform destroys a bucket only when it is empty, but the policy before it: take the bucket and its policy out of the
# state first (terraform state rm), so that what is kept stays closed.
resource "aws_s3_bucket" {{ id }} {
  bucket        = {{ name }}
  force_destroy = false
}

resource "aws_s3_bucket_public_access_block" {{ id }} {
  bucket                  = aws_s3_bucket.{{ id | snake }}.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" {{ id }} {
  bucket = aws_s3_bucket.{{ id | snake }}.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" {{ id }} {
  bucket = aws_s3_bucket.{{ id | snake }}.id

  rule {
{%- if kms_key %}
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = {{ kms_key }}
    }
{%- else %}
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
{%- endif %}
  }
}

resource "aws_s3_bucket_versioning" {{ id }} {
  bucket = aws_s3_bucket.{{ id | snake }}.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" {{ id }} {
  bucket = aws_s3_bucket_versioning.{{ id | snake }}.bucket
{%- if archive %}
  # Without it, what is smaller than 128 KB would never be archived.
  transition_default_minimum_object_size = "varies_by_storage_class"
{%- endif %}
{%- if keep_old_versions_days %}

  rule {
    id     = "forget-what-was-superseded"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = {{ keep_old_versions_days }}
    }
  }
{%- endif %}

  rule {
    id     = "forget-unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = {{ abort_uploads_days }}
    }
  }
{%- if archive %}

  rule {
    id     = "archive"
    status = "Enabled"

    filter {
      tag {
        key   = {{ archive.key }}
        value = {{ archive.value }}
      }
    }

    transition {
      days          = 0
      storage_class = "GLACIER"
    }

    # A key that is used again does not keep what stood under it out of the archive.
    noncurrent_version_transition {
      noncurrent_days = 1
      storage_class   = "GLACIER"
    }
  }
{%- endif %}
}
{%- if events %}

resource "aws_s3_bucket_notification" {{ id }} {
  bucket      = aws_s3_bucket.{{ id | snake }}.id
  eventbridge = true
}
{%- endif %}
