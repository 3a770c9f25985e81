metadata description = 'Lets the network find a service by its usual name at its private address.'

@description('Name of the zone, such as privatelink.vaultcore.azure.net.')
param name string

@description('Tags of the resource.')
param tags object

@description('The network that asks it.')
param networkId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'network'
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
}

@description('Resource id.')
output id string = zone.id
