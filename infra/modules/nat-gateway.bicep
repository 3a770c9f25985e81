metadata description = 'The way out of a network: what leaves to the internet does so from known addresses, and has ports enough.'

@description('Name of the gateway.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('The addresses it leaves from.')
param addressPrefixId string

// StandardV2 spans the zones. It is not for subnets of App Service plans; those of Flex Consumption are delegated otherwise.
resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'StandardV2' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpPrefixes: [{ id: addressPrefixId }]
  }
}

@description('Resource id, for the subnets that leave through it.')
output id string = gateway.id
