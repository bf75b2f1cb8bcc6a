resource "aws_customer_gateway" {{ id }} {
  type       = "ipsec.1"
  ip_address = {{ address }}
{%- if asn > 2147483647 %}
  bgp_asn_extended = {{ asn }}
{%- else %}
  bgp_asn = {{ asn }}
{%- endif %}

  tags = {
    Name = {{ name }}
  }
}
