metadata description = 'Whom alerts reach.'

@description('Name of the group.')
param name string

@description('Tags of the resource.')
param tags object

@description('Addresses of those on duty.')
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: [
      for (email, index) in emails: { name: 'duty-${index}', emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}

@description('Resource id.')
output id string = group.id
