metadata description = 'A Flex Consumption plan: paid by use, and spread over zones where that is asked for.'

@description('Name of the plan.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Whether instances are spread over three zones.')
param zoneRedundant bool

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

@description('Resource id, for the app.')
output id string = plan.id
