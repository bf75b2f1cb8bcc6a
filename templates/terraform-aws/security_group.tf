{%- set label = id | snake -%}
resource "aws_security_group" {{ id }} {
  name        = {{ name }}
  description = {{ description }}
  vpc_id      = {{ vpc }}

  tags = {
    Name = {{ name }}
  }
}
{%- for direction, rules in {"ingress": ingress, "egress": egress} %}
{%- for rule in rules %}

resource "aws_vpc_security_group_{{ direction | snake }}_rule" "{{ label }}_{{ rule.name | snake }}" {
  security_group_id = aws_security_group.{{ label }}.id
  description       = {{ rule.description }}
{%- if rule.peer.cidr and ":" in rule.peer.cidr %}
  cidr_ipv6 = {{ rule.peer.cidr }}
{%- elif rule.peer.cidr %}
  cidr_ipv4 = {{ rule.peer.cidr }}
{%- elif rule.peer.group %}
  referenced_security_group_id = {{ rule.peer.group }}
{%- else %}
  prefix_list_id = {{ rule.peer.prefix_list.of_endpoint }}
{%- endif %}
  ip_protocol = {{ rule.traffic.protocol }}
{%- if rule.traffic.from %}
  from_port = {{ rule.traffic.from }}
  to_port = {{ rule.traffic.to }}
{%- elif rule.traffic.icmp is number %}
  from_port = {{ rule.traffic.icmp }}
  to_port = -1
{%- endif %}
}
{%- endfor %}
{%- endfor %}
