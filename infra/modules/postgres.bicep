metadata description = 'The database server. Entra ID only: there is no password to lose. The roles of the apps are made by the migrations.'

@description('Name of the server.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Compute size, such as Standard_B2s or Standard_D4ds_v5.')
param sku string

@description('Tier that the compute size belongs to.')
@allowed(['Burstable', 'GeneralPurpose', 'MemoryOptimized'])
param tier string

@description('Disk in GiB; it grows by itself.')
param storageGiB int

@description('Whether a standby in another zone takes over.')
param zoneRedundant bool

@description('Whether the server is reached through private endpoints only.')
param private bool

@description('Days for which any moment can be restored.')
param backupDays int

@description('Name of the database.')
param database string

@description('Who owns the database and migrates it; a group, so that people and pipelines can be members.')
param owner { objectId: string, name: string, type: 'Group' | 'ServicePrincipal' | 'User' }

// What a server must remember of slow and failing statements, and nothing of their values.
var parameters = {
  log_min_duration_statement: '1000'
  log_lock_waits: 'on'
  log_parameter_max_length: '0'
  log_parameter_max_length_on_error: '0'
  idle_in_transaction_session_timeout: '60000'
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, tier: tier }
  properties: {
    // The one that the tests run on.
    version: '18'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: storageGiB, autoGrow: 'Enabled' }
    highAvailability: { mode: zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    backup: { backupRetentionDays: backupDays, geoRedundantBackup: 'Disabled' }
    network: { publicNetworkAccess: private ? 'Disabled' : 'Enabled' }
  }

  resource data 'databases' = {
    name: database
    properties: { charset: 'UTF8', collation: 'C.utf8' }
  }

  resource owners 'administrators' = {
    name: owner.objectId
    dependsOn: [data]
    properties: {
      principalName: owner.name
      principalType: owner.type
      tenantId: tenant().tenantId
    }
  }

  // Without a network of its own a Flex app has no fixed address: this lets in what runs in Azure, and Entra ID decides who may do anything.
  resource azure 'firewallRules' = if (!private) {
    name: 'azure-services'
    dependsOn: [owners]
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  }
}

// One after another: the server takes one change at a time.
@batchSize(1)
resource settings 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [
  for parameter in items(parameters): {
    parent: server
    name: parameter.key
    dependsOn: [server::azure, server::owners]
    properties: { value: parameter.value, source: 'user-override' }
  }
]
