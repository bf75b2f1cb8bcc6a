resource "aws_autoscaling_group" {{ id }} {
  name                      = {{ name }}
  min_size                  = {{ min }}
  max_size                  = {{ max }}
  vpc_zone_identifier       = {{ subnets | tree }}
  health_check_type         = "EC2"
  health_check_grace_period = 120

  launch_template {
    id      = {{ template }}
    version = {{ version }}
  }

  instance_refresh {
    strategy = "Rolling"
  }
{%- for key, value in {...header.tags, "Name": name} %}

  tag {
    key                 = {{ key }}
    value               = {{ value }}
    propagate_at_launch = true
  }
{%- endfor %}
}
{%- if max > min %}

resource "aws_autoscaling_policy" "{{ id | snake }}_load" {
  name                   = {{ name ~ "-load" }}
  autoscaling_group_name = aws_autoscaling_group.{{ id | snake }}.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = {{ target_cpu }}

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
{%- endif %}
