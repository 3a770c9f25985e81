metadata description = 'The network of production: what the apps call and what calls them stays in it.'

@description('Name of the network.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Its addresses; a /16 or larger part of a private range.')
param addressPrefix string

@description('The security group of all subnets.')
param securityGroupId string

@description('The way out to the internet of the apps and the runners.')
param natGatewayId string

var subnets = {
  // All five apps share it.
  apps: { prefix: cidrSubnet(addressPrefix, 24, 0), delegation: 'Microsoft.App/environments', leaves: true }
  gateway: { prefix: cidrSubnet(addressPrefix, 24, 1), delegation: 'Microsoft.Web/serverFarms', leaves: false }
  endpoints: { prefix: cidrSubnet(addressPrefix, 24, 2), delegation: '', leaves: false }
  // For the machines that migrate and publish.
  runners: { prefix: cidrSubnet(addressPrefix, 24, 3), delegation: '', leaves: true }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      for subnet in items(subnets): {
        name: subnet.key
        properties: {
          addressPrefix: subnet.value.prefix
          networkSecurityGroup: { id: securityGroupId }
          natGateway: subnet.value.leaves ? { id: natGatewayId } : null
          privateEndpointNetworkPolicies: 'Enabled'
          delegations: empty(subnet.value.delegation)
            ? []
            : [{ name: 'delegation', properties: { serviceName: subnet.value.delegation } }]
        }
      }
    ]
  }
}

@description('Resource id.')
output id string = network.id
