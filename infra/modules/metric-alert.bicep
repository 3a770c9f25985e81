metadata description = 'Raises an alarm when a figure of the platform passes its limit.'

@description('Name of the rule.')
param name string

@description('Tags of the resource.')
param tags object

@description('What it means and what to look at first.')
param summary string

@description('0 wakes somebody, 4 can wait.')
@minValue(0)
@maxValue(4)
param severity int

@description('The resource whose figure it is.')
param scopeId string

@description('Namespace of the figure.')
param metricNamespace string

@description('Name of the figure.')
param metric string

@description('How its values are put together.')
@allowed(['Average', 'Maximum', 'Minimum', 'Total'])
param aggregation string

@description('The limit.')
param threshold int

@description('The span that is looked at, as an ISO 8601 duration.')
param window string

@description('What the figure is split by, such as EntityName.')
param dimension string

@description('The parts that are looked at; * for each.')
param values string[]

@description('Whom it reaches.')
param actionGroupId string

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: summary
    severity: severity
    enabled: true
    scopes: [scopeId]
    evaluationFrequency: 'PT1M'
    windowSize: window
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: metric
          metricNamespace: metricNamespace
          metricName: metric
          timeAggregation: aggregation
          operator: 'GreaterThan'
          threshold: threshold
          dimensions: [{ name: dimension, operator: 'Include', values: values }]
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
