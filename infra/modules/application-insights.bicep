metadata description = 'Application Insights, into which the apps export OpenTelemetry. Entra ID only: the connection string alone sends nothing.'

@description('Name of the component.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('The workspace that keeps the data.')
param workspaceId string

@description('The apps and the object ids of the identities that run them.')
param members { app: string, principalId: string }[]

var metricsPublisher = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

resource publishers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for member in members: {
    name: guid(insights.id, member.app, 'publish')
    scope: insights
    properties: { principalId: member.principalId, principalType: 'ServicePrincipal', roleDefinitionId: metricsPublisher }
  }
]
