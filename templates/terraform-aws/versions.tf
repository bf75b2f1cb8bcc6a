# {{ header.title | comment }}
# Stack {{ header.stack | comment }}, pattern {{ header.pattern | comment }}.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80, < 7.0"
    }
  }
}

provider "aws" {
{%- if header.region %}
  region = {{ header.region }}
{% endif %}
  default_tags {
    tags = {{ header.tags | tree(indent=4) }}
  }
}
