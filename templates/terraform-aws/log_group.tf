{%- if keep %}# It outlives the stack: what happened must not go with what it happened to. Its name is new each time.
{% endif %}resource "aws_cloudwatch_log_group" {{ id }} {
{%- if path %}
  name              = {{ path }}
{%- else %}
  name_prefix       = {{ name ~ "-" }}
{%- endif %}
  retention_in_days = {{ days }}
  skip_destroy      = {{ keep }}

  tags = {
    Name = {{ name }}
  }
}
