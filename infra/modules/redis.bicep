metadata description = 'Azure Managed Redis: sessions, limits, caches. TLS and Entra ID only.'

@description('Name of the cluster.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Size, such as Balanced_B0 or Balanced_B5.')
param sku string

@description('Whether a replica in another zone takes over.')
param zoneRedundant bool

@description('Whether the cluster is reached through private endpoints only.')
param private bool

@description('The apps and the object ids of the identities that run them.')
param members { app: string, principalId: string }[]

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: zoneRedundant ? 'Enabled' : 'Disabled'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      clientProtocol: 'Encrypted'
      port: 10000
      // One address for all shards, as the apps see one server.
      clusteringPolicy: 'EnterpriseCluster'
      // Everything here can be rebuilt, but a session that is thrown away signs its user out: what has a time to live goes first.
      evictionPolicy: 'VolatileLRU'
      accessKeysAuthentication: 'Disabled'
    }
  }
}

// One after another: the database takes one change at a time.
@batchSize(1)
resource access 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = [
  for member in members: {
    parent: cluster::database
    name: member.app
    properties: {
      accessPolicyName: 'default'
      user: { objectId: member.principalId }
    }
  }
]
