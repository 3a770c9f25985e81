metadata description = 'Carries the connection string of Application Insights into the vault inside the platform.'

@description('Name of the component.')
param insightsName string

@description('Name of the vault.')
param vaultName string

@description('Name of the secret there.')
param secretName string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource connection 'secrets' = {
    name: secretName
    properties: { value: insights.properties.ConnectionString }
  }
}
