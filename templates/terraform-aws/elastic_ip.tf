resource "aws_eip" {{ id }} {
  domain = "vpc"
{%- if after %}

  depends_on = {{ after | tree }}
{%- endif %}
}
