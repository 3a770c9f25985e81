metadata description = 'A Functions app: where its package lies, how it scales, what it is told.'

@description('Name of the app.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Its plan; on Flex Consumption an app has one of its own.')
param planId string

@description('Whether the app is reached through private endpoints only.')
param private bool

@description('The subnet its calls leave from; empty when there is no network.')
param subnetId string

@description('Resource ids of its identities. The first one runs the app.')
param identityIds string[]

@description('Account of the host and of the package.')
param storageAccountName string

@description('Container of the package.')
param container string

@description('Memory of an instance in MiB: 512, 2048 or 4096.')
@allowed([512, 2048, 4096])
param instanceMemory int

@description('How many instances there may be.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('How many HTTP requests an instance takes at a time.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Instances that are always there, by group: http, or function:Name.')
param alwaysReady { name: string, instanceCount: int }[]

@description('The settings, ready to be read by the app. Secrets are references to the vault.')
param settings object

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: toObject(identityIds, id => id, id => {})
  }
  properties: {
    serverFarmId: planId
    httpsOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identityIds[0]
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageAccountName}.blob.${az.environment().suffixes.storage}/${container}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityIds[0] }
        }
      }
      // Instances are drained in batches; the default ends all of them at once, with what they are doing. The types do not know it yet.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: 'RollingUpdate' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // Publishing is by Entra ID; the passwords of a publish profile would be a second way in.
  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}
