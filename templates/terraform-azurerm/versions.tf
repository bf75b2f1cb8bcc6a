# {{ header.title | comment }}
# Stack {{ header.stack | comment }}, made from {{ header.pattern | comment }}.

terraform {
  required_version = ">= 1.5"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.70, < 6.0"
    }
  }
}

# The subscription comes from ARM_SUBSCRIPTION_ID in the environment.
provider "azurerm" {
  features {}
}
