# Instances reach the Internet through it; nothing comes in.
resource "aws_nat_gateway" {{ id }} {
  subnet_id     = {{ subnet }}
  allocation_id = {{ address }}

  tags = {
    Name = {{ name }}
  }
{%- if after %}

  depends_on = {{ after | tree }}
{%- endif %}
}
