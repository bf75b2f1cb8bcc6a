resource "aws_lambda_function" {{ id }} {
  function_name    = {{ name }}
  description      = {{ description }}
  runtime          = {{ runtime }}
  handler          = {{ handler }}
  filename         = "${path.module}/functions/{{ code.path | split(pat="/") | first | path }}.zip"
  source_code_hash = filebase64sha256("${path.module}/functions/{{ code.path | split(pat="/") | first | path }}.zip")
  memory_size      = {{ memory_mib }}
  timeout          = {{ timeout_seconds }}
  role             = {{ role }}

  logging_config {
    log_format = "Text"
    log_group  = {{ log_group }}
  }
{%- if environment %}

  environment {
    variables = {{ environment | tree(indent=4) }}
  }
{%- endif %}

  tags = {
    Name = {{ name }}
  }
}
