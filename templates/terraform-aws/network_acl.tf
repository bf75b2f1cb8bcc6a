# Network ACLs have no memory: what answers needs an entry of its own. What no entry allows is denied.
resource "aws_network_acl" {{ id }} {
  vpc_id     = {{ vpc }}
  subnet_ids = {{ subnets | tree }}
{%- for direction, entries in {"ingress": ingress, "egress": egress} %}
{%- for entry in entries %}

  # {% if direction == "ingress" %}In{% else %}Out{% endif %}: {{ entry.why | comment }}
  {{ direction | snake }} {
    rule_no    = {{ entry.number }}
    action     = {{ entry.effect }}
    cidr_block = {{ entry.cidr }}
    protocol   = {{ entry.traffic.protocol }}
{%- if entry.traffic.from %}
    from_port  = {{ entry.traffic.from }}
    to_port    = {{ entry.traffic.to }}
{%- else %}
    from_port  = 0
    to_port    = 0
{%- endif %}
{%- if entry.traffic.icmp is number %}
    icmp_type  = {{ entry.traffic.icmp }}
    icmp_code  = {{ entry.traffic.code }}
{%- endif %}
  }
{%- endfor %}
{%- endfor %}

  tags = {
    Name = {{ name }}
  }
}
