# moto returns a launch template's own tags among those of what it launches.
resource "aws_launch_template" "analysis" {
  lifecycle {
    ignore_changes = [tag_specifications]
  }
}
