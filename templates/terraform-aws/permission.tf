resource "aws_lambda_permission" {{ id }} {
  statement_id  = {{ id }}
  function_name = {{ function }}
  action        = "lambda:InvokeFunction"
  principal     = {{ service }}
  source_arn    = {{ source }}
}
