metadata description = 'An identity of an app. It belongs to us and not to the app, so that its rights exist before the app does.'

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id, by which an app carries the identity.')
output id string = identity.id

@description('Object id, to which rights are given.')
output principalId string = identity.properties.principalId

@description('Client id, by which code chooses among its identities.')
output clientId string = identity.properties.clientId
