{%- for parameter in parameters %}
{%- set name = parameter.name | snake %}
{%- set list = parameter.kind == "Cidrs" or parameter.kind == "Principals" %}

variable "{{ name }}" {
  description = {{ parameter.help }}
  type        = {% if list %}list(string){% else %}string{% endif %}
{%- if parameter.default %}
  default = {{ parameter.default | tree(indent=2) }}
{%- endif %}
{%- if parameter.kind == "Secret" %}
  sensitive = true
{%- endif %}
{%- if parameter.kind == "Address" %}

  validation {
    condition     = can(regex("^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])([.](25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$", var.{{ name }}))
    error_message = "An IPv4 address, as in 203.0.113.10."
  }
{%- elif parameter.kind == "Zone" %}

  validation {
    condition     = can(regex("^[a-f]$", var.{{ name }}))
    error_message = "A letter from a to f."
  }
{%- elif parameter.kind == "Image" %}

  validation {
    condition     = startswith(var.{{ name }}, "/")
    error_message = "The path of an SSM parameter."
  }
{%- elif parameter.kind == "Email" %}

  validation {
    condition     = can(regex("^[^[:space:],;]+$", var.{{ name }}))
    error_message = "One e-mail address."
  }
{%- elif parameter.kind == "KmsKey" %}

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.{{ name }}))
    error_message = "The ARN of a KMS key, and not of an alias: policies compare keys by it."
  }
{%- elif parameter.kind == "Cidrs" %}

  # A block wider than /8 counts as public, and S3 would refuse it.
  validation {
    condition     = alltrue([for block in var.{{ name }} : can(regex("^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])([.](25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}/([89]|[12][0-9]|3[0-2])$", block))])
    error_message = "IPv4 blocks, as in 203.0.113.0/24."
  }
{%- elif parameter.kind == "Principals" %}

  validation {
    condition     = alltrue([for arn in var.{{ name }} : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "ARNs of IAM roles or users."
  }
{%- else %}

  validation {
    condition     = length(var.{{ name }}) > 0
    error_message = "A text that is not empty."
  }
{%- endif %}
}
{%- endfor %}
