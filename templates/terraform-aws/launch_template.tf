{%- if image.ssm_parameter %}
data "aws_ssm_parameter" "{{ id | snake }}_image" {
  name = {{ image.ssm_parameter }}
}

{% endif -%}
resource "aws_launch_template" {{ id }} {
  name_prefix = {{ name ~ "-" }}
  description = {{ description }}
{%- if image.id %}
  image_id = {{ image.id }}
{%- else %}
  image_id = data.aws_ssm_parameter.{{ id | snake }}_image.insecure_value
{%- endif %}
  instance_type = {{ size }}
{%- if public_address is none %}
  # No network interface here: whoever launches names the subnet, and the subnet gives no public addresses.
  vpc_security_group_ids = {{ groups | tree }}
{%- endif %}
{%- if shutdown == "terminate" %}
  instance_initiated_shutdown_behavior = "terminate"
{%- endif %}
{%- if user_data %}
  user_data = filebase64("${path.module}/functions/{{ user_data.path | path }}")
{%- endif %}
{%- if profile %}

  iam_instance_profile {
    arn = {{ profile }}
  }
{%- endif %}

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = {% if metadata_tags %}"enabled"{% else %}"disabled"{% endif %}
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = {{ disk_gib }}
      encrypted             = true
      delete_on_termination = true
    }
  }
{%- if not public_address is none %}

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = {{ public_address }}
    security_groups             = {{ groups | tree }}
  }
{%- endif %}

  tag_specifications {
    resource_type = "instance"

    tags = {{ {...header.tags, "Name": name} | tree(indent=4) }}
  }

  tag_specifications {
    resource_type = "volume"

    tags = {{ {...header.tags, "Name": name} | tree(indent=4) }}
  }

  tag_specifications {
    resource_type = "network-interface"

    tags = {{ {...header.tags, "Name": name} | tree(indent=4) }}
  }

  tags = {
    Name = {{ name }}
  }
}
