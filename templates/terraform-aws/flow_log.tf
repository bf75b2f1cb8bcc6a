resource "aws_flow_log" {{ id }} {
  vpc_id               = {{ vpc }}
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = {{ log_group }}
  iam_role_arn         = {{ role }}

  tags = {
    Name = {{ name }}
  }

  # It can write nothing before its role may.
  depends_on = [aws_iam_role_policy.{{ role | split(pat=".") | nth(n=1) | path }}]
}
