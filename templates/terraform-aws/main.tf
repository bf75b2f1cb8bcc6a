{%- if "AccountId" in environment %}
data "aws_caller_identity" "current" {}
{% endif %}
{%- if "Partition" in environment %}
data "aws_partition" "current" {}
{% endif %}
{%- if "Region" in environment %}
data "aws_region" "current" {}
{% endif %}
