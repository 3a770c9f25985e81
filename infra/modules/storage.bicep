metadata description = 'The account of one app: what its Functions host keeps, its package, its own files. Entra ID only, and nobody but the app.'

@description('Name of the account.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Whether the data are kept in three zones.')
param zoneRedundant bool

@description('Whether the account is reached through private endpoints only.')
param private bool

@description('Containers of the package and of the app\'s own files; the host makes those of its own.')
param containers string[]

@description('Object id of the identity that runs the app.')
param principalId string

// What a host needs of its storage by identity: blobs for packages and locks, queues for its own bookkeeping, tables for its diagnostics.
var roles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: private ? 'Deny' : 'Allow'
      bypass: 'None'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A package that was overwritten by a bad publish can be brought back.
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: 14 }
    }

    resource packages 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, role)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]
