metadata description = 'Lets an app read its secrets. The right is on the secret and not on the vault: a flaw in one app opens the secrets of no other.'

@description('Name of the vault.')
param vaultName string

@description('Name of the app.')
param app string

@description('Object id of the identity that runs it.')
param principalId string

@description('What the identity is.')
param principalType 'Group' | 'ServicePrincipal' | 'User' = 'ServicePrincipal'

@description('Names of its secrets.')
param secretNames string[]

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = [
  for name in secretNames: {
    parent: vault
    name: name
  }
]

resource readers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in secretNames: {
    name: guid(vault.id, app, name)
    scope: secrets[index]
    properties: { principalId: principalId, principalType: principalType, roleDefinitionId: secretsUser }
  }
]
