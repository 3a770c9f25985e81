metadata description = 'The filters of one subscription: a rule for each subject it hears.'

@description('Name of the namespace.')
param namespaceName string

@description('Name of the topic.')
param topicName string

@description('Name of the subscription.')
param subscriptionName string

@description('Subjects of the messages it is given.')
param subjects string[]

resource subscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' existing = {
  name: '${namespaceName}/${topicName}/${subscriptionName}'
}

// The rule of this name is made with every subscription and lets everything through; it becomes one of ours.
resource rules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [
  for (subject, index) in subjects: {
    parent: subscription
    name: index == 0 ? '$Default' : subject
    properties: {
      filterType: 'CorrelationFilter'
      correlationFilter: { label: subject }
    }
  }
]
