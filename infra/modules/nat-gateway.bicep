metadata description = 'The way out of a network: what leaves to the internet does so from known addresses, and has ports enough.'

@description('Name of the gateway.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('The addresses it leaves from.')
param addressPrefixId string

// Of no zone: the platform chooses one. Standard is the kind that a subnet which is delegated to Functions is documented with.
resource gateway 'Microsoft.Network/natGateways@2024-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpPrefixes: [{ id: addressPrefixId }]
  }
}

@description('Resource id, for the subnets that leave through it.')
output id string = gateway.id
