metadata description = 'The gateway. What it refuses costs the apps nothing.'

@description('Name of the service.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Consumption is paid by the call; Premium v2 is in the network and in several zones.')
@allowed(['Consumption', 'BasicV2', 'StandardV2', 'PremiumV2'])
param sku string

@description('Scale units; 0 for Consumption.')
param units int

@description('Zones of the units; empty for one.')
param zones string[]

@description('Subnet its calls leave from; empty when there is no network.')
param subnetId string

@description('Who the platform writes to about the service.')
param publisherEmail string

@description('Name on the developer pages.')
param publisherName string

@description('Name of the Application Insights component.')
param insightsName string

@description('The identity by which the gateway sends its telemetry.')
param identity { id: string, clientId: string, principalId: string }

var metricsPublisher = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')

resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, capacity: units }
  zones: empty(zones) ? null : zones
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
    virtualNetworkType: empty(subnetId) ? 'None' : 'External'
    virtualNetworkConfiguration: empty(subnetId) ? null : { subnetResourceId: subnetId }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, 'gateway', 'publish')
  scope: insights
  properties: { principalId: identity.principalId, principalType: 'ServicePrincipal', roleDefinitionId: metricsPublisher }
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'application-insights'
  dependsOn: [publisher]
  properties: {
    loggerType: 'applicationInsights'
    resourceId: insights.id
    credentials: {
      connectionString: insights.properties.ConnectionString
      identityClientId: identity.clientId
    }
  }
}

// Traces follow W3C through gateway and apps. Neither bodies nor headers are logged: both hold tokens.
resource diagnostics 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = {
  parent: service
  name: 'applicationinsights'
  properties: {
    loggerId: logger.id
    alwaysLog: 'allErrors'
    httpCorrelationProtocol: 'W3C'
    metrics: true
    sampling: { samplingType: 'fixed', percentage: 10 }
    frontend: { request: { headers: [], body: { bytes: 0 } }, response: { headers: [], body: { bytes: 0 } } }
    backend: { request: { headers: [], body: { bytes: 0 } }, response: { headers: [], body: { bytes: 0 } } }
  }
}

@description('Resource id, for alerts.')
output id string = service.id
