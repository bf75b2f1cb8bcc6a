# moto returns a launch template's own tags among those of what it launches.
resource "aws_launch_template" "workers" {
  lifecycle {
    ignore_changes = [tag_specifications]
  }
}
