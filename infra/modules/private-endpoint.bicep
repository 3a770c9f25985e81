metadata description = 'An address in our network for a service of the platform.'

@description('Name of the endpoint.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('The service it leads to.')
param serviceId string

@description('The part of the service, such as blob, vault or sites.')
param groupId string

@description('The subnet of the address.')
param subnetId string

@description('The zone that knows the address.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: serviceId, groupIds: [groupId] } }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: 'zone', properties: { privateDnsZoneId: zoneId } }]
    }
  }
}
