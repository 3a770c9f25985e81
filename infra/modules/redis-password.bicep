metadata description = 'Carries the key of Redis into the vault inside the platform: no output, setting or parameter ever holds it.'

@description('Name of the cluster.')
param redisName string

@description('Name of the vault.')
param vaultName string

@description('Name of the secret there.')
param secretName string

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' existing = {
  name: '${redisName}/default'
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource password 'secrets' = {
    name: secretName
    properties: { value: database.listKeys().primaryKey }
  }
}
