metadata description = 'Public addresses in a row that stay ours, so that others can let them in.'

@description('Name of the prefix.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Length of the prefix: 31 are two addresses, 28 sixteen.')
@minValue(28)
@maxValue(31)
param length int

@description('Zones that announce the addresses.')
param zones string[]

resource prefix 'Microsoft.Network/publicIPPrefixes@2025-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'StandardV2', tier: 'Regional' }
  zones: zones
  properties: {
    publicIPAddressVersion: 'IPv4'
    prefixLength: length
  }
}

@description('Resource id, for the gateway that uses the addresses.')
output id string = prefix.id

@description('The addresses, for the lists of those we call.')
output addresses string = prefix.properties.ipPrefix
