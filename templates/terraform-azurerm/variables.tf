variable "location" {
  description = "Location of every resource."
  type        = string
  {%- if header.region %}
  default     = {{ header.region }}
  {%- endif %}
  nullable    = false
}

variable "resource_group_name" {
  description = "Name of the resource group that the stack makes for itself."
  type        = string
  default     = {{ "rg-" ~ header.stack }}
  nullable    = false
}
{%- for parameter in parameters %}

variable {{ parameter.name }} {
  description = {{ parameter.help }}
  {%- if parameter.kind == "Cidrs" or parameter.kind == "Principals" %}
  type        = list(string)
  {%- else %}
  type        = string
  {%- endif %}
  {%- if parameter.kind == "Secret" %}
  sensitive   = true
  {%- endif %}
  {%- if parameter.default or parameter.default == "" %}
  default     = {{ parameter.default }}
  {%- endif %}
  nullable    = false
  {%- if parameter.kind == "Image" %}

  validation {
    condition     = length(split(":", var.{{ parameter.name | snake }})) == 4
    error_message = "Write the image as publisher:offer:sku:version."
  }
  {%- elif parameter.kind == "Secret" %}

  validation {
    condition     = length(var.{{ parameter.name | snake }}) >= 8 && length(var.{{ parameter.name | snake }}) <= 128
    error_message = "Take a key of 8 to 128 characters."
  }
  {%- elif parameter.kind == "Address" %}

  validation {
    condition     = !strcontains(var.{{ parameter.name | snake }}, "/")
    error_message = "Give one address, not a block of them."
  }
  {%- elif parameter.kind == "PublicKey" %}

  validation {
    condition     = !strcontains(var.{{ parameter.name | snake }}, "PRIVATE KEY")
    error_message = "Give the public key; the private one stays where it is."
  }
  {%- endif %}
}
{%- endfor %}
