metadata description = 'Raises an alarm when a question to the logs has answers.'

@description('Name of the rule.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('What it means and what to look at first.')
param summary string

@description('0 wakes somebody, 4 can wait.')
@minValue(0)
@maxValue(4)
param severity int

@description('The question, in KQL; every row of the answer is a reason for alarm.')
param query string

@description('How often it is asked, as an ISO 8601 duration.')
param every string

@description('The span it looks back over, as an ISO 8601 duration.')
param window string

@description('The workspace or component that is asked.')
param scopeId string

@description('Whom it reaches.')
param actionGroupId string

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    displayName: name
    description: summary
    severity: severity
    enabled: true
    scopes: [scopeId]
    evaluationFrequency: every
    windowSize: window
    autoMitigate: true
    // A table is made by its first row: until then the question cannot be checked.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId] }
  }
}
