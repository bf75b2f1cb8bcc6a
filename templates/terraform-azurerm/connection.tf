resource "azurerm_virtual_network_gateway_connection" {{ id }} {
  name                       = {{ name }}
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  type                       = "IPsec"
  connection_protocol        = "IKEv2"
  virtual_network_gateway_id = {{ gateway }}
  local_network_gateway_id   = {{ remote }}
  shared_key                 = {{ shared_key }}
  bgp_enabled                = {{ bgp }}
  dpd_timeout_seconds        = 45
  tags                       = local.tags

  ipsec_policy {
    ike_encryption   = {{ policy.ike_encryption }}
    ike_integrity    = {{ policy.ike_integrity }}
    dh_group         = {{ policy.dh_group }}
    ipsec_encryption = {{ policy.ipsec_encryption }}
    ipsec_integrity  = {{ policy.ipsec_integrity }}
    pfs_group        = {{ policy.pfs_group }}
    sa_lifetime      = {{ policy.sa_lifetime_seconds }}
    sa_datasize      = {{ policy.sa_data_size_kilobytes }}
  }
}
