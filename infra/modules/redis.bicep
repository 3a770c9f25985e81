metadata description = 'Azure Managed Redis: sessions, limits, caches. TLS only.'

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
      accessKeysAuthentication: 'Enabled'
    }
  }
}

@description('Resource id, for private endpoints and alerts.')
output id string = cluster.id
