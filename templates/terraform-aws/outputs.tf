{%- for output in outputs %}

output "{{ output.name | snake }}" {
  description = {{ output.help }}
  value       = {{ output.value }}
{%- if output.secret %}
  sensitive   = true
{%- endif %}
}
{%- endfor %}
