metadata description = 'One secret of the vault: its value, when it is given, and the identities that may read it.'

@description('Name of the vault.')
param vaultName string

@description('Name of the secret.')
param name string

@description('The value; empty leaves the secret as it is.')
@secure()
param value string

@description('Whether a value is given. A condition may not look at a secret.')
param isGiven bool

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' = if (isGiven) {
    name: name
    properties: { value: value, contentType: 'text/plain' }
  }
}
