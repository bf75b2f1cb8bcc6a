# moto returns neither type nor code of ICMP in a network ACL.
resource "aws_network_acl" "private_1" {
  lifecycle {
    ignore_changes = [ingress, egress]
  }
}
