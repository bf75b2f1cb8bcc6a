# moto returns no description of a security group's rule about a prefix list.
resource "aws_vpc_security_group_egress_rule" "analysis_to_storage_tcp_443" {
  lifecycle {
    ignore_changes = [description]
  }
}
