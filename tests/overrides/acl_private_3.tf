# moto returns neither type nor code of ICMP in a network ACL.
resource "aws_network_acl" "private_3" {
  lifecycle {
    ignore_changes = [ingress, egress]
  }
}
