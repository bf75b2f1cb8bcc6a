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
{%- if environment %}

  environment {
    variables = {{ environment | tree(indent=4) }}
  }
{%- endif %}

  tags = {
    Name = {{ name }}
  }

  # Lambda writes to the group of its own name, and would make one that is kept for ever if there were none.
  # And it can do nothing before its role may.
  depends_on = [aws_cloudwatch_log_group.{{ id | snake }}, aws_iam_role_policy.{{ id | snake }}]
}
