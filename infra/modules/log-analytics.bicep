metadata description = 'Where logs, traces and the diagnostics of the platform are kept and asked.'

@description('Name of the workspace.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Days for which data are kept.')
param retentionDays int

@description('Most that may arrive in a day, in GB; -1 for no limit.')
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: { disableLocalAuth: true }
  }
}

@description('Resource id.')
output id string = workspace.id
