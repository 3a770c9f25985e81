metadata description = 'What a month may cost. It stops nothing; it tells in time.'

@description('Name of the budget.')
param name string

@description('Amount of a month, in the currency of the subscription.')
@minValue(1)
param amount int

@description('First day it counts from: that of the month in which it is made.')
param startDate string

@description('Whom it reaches.')
param actionGroupId string

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      half: { enabled: true, operator: 'GreaterThan', threshold: 50, thresholdType: 'Actual', contactEmails: [], contactGroups: [actionGroupId] }
      nearly: { enabled: true, operator: 'GreaterThan', threshold: 90, thresholdType: 'Actual', contactEmails: [], contactGroups: [actionGroupId] }
      foreseen: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted', contactEmails: [], contactGroups: [actionGroupId] }
    }
  }
}
