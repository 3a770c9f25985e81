metadata description = 'One of the five APIs: imported from the committed document, guarded by its policy.'

@description('Name of the gateway.')
param serviceName string

@description('Short name of the app, which is also the first part of the path.')
param app string

@description('The OpenAPI document.')
param document object

@description('Address of the app.')
param backendUrl string

@description('The policy of the API.')
param policy string

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: app
  properties: {
    displayName: document.info.title
    path: app
    protocols: ['https']
    format: 'openapi+json'
    value: string(document)
    serviceUrl: backendUrl
    // Callers prove themselves by our tokens; a second key would protect nothing.
    subscriptionRequired: false
  }

  resource guard 'policies' = {
    name: 'policy'
    properties: { format: 'xml', value: policy }
  }
}
