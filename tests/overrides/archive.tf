# moto returns no TransitionDefaultMinimumObjectSize of a lifecycle, and the provider waits for it until it gives up.
resource "aws_s3_bucket_lifecycle_configuration" "intake" {
  transition_default_minimum_object_size = null
}
