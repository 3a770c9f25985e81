metadata description = 'The namespace with every queue, topic and subscription that the code names. Entra ID only.'

@description('Name of the namespace.')
param name string

@description('Region.')
param location string

@description('Tags of the resource.')
param tags object

@description('Premium has private endpoints, zones and a throughput of its own; Standard is shared and cheap.')
@allowed(['Standard', 'Premium'])
param tier string

@description('Messaging units of the Premium tier.')
param messagingUnits int

@description('Queues, topic, subscriptions and their settings, as topology.json holds them.')
param topology object

@description('The apps, the object ids of the identities that run them, and the queues that each fills and drains. A subscription of the name of an app, or one that begins with it and a dash, is that app\'s.')
param members { principalId: string, app: string, queues: string[] }[]

var isPremium = tier == 'Premium'
var subscriptions = items(topology.subscriptions)
var topicReaders = flatten(map(members, member => map(
  filter(subscriptions, subscription => subscription.key == member.app || startsWith(subscription.key, '${member.app}-')),
  subscription => { principalId: member.principalId, subscription: subscription.key }
)))
var queueReaders = flatten(map(members, member => map(member.queues, queue => { principalId: member.principalId, app: member.app, queue: queue })))

// Owner and not Receiver where an app reads: only an owner may ask for a queue's length, by which the platform decides how many instances run.
var dataOwner = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '090c5cfd-751d-490a-894a-3ce6f1109419')
var dataSender = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: isPremium ? { name: tier, tier: tier, capacity: messagingUnits } : { name: tier, tier: tier }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPremium ? 'Disabled' : 'Enabled'
    zoneRedundant: isPremium
    premiumMessagingPartitions: isPremium ? 1 : null
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in topology.queues: {
    parent: namespace
    name: queue
    properties: {
      lockDuration: topology.lockDuration
      maxDeliveryCount: topology.maxDeliveryCount
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: topology.duplicateDetectionWindow
      deadLetteringOnMessageExpiration: true
      maxSizeInMegabytes: topology.maxSizeInMegabytes
    }
  }
]

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: topology.topic
  properties: {
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: topology.duplicateDetectionWindow
    maxSizeInMegabytes: topology.maxSizeInMegabytes
  }
}

resource readers 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for subscription in subscriptions: {
    parent: topic
    name: subscription.key
    properties: {
      lockDuration: topology.lockDuration
      maxDeliveryCount: topology.maxDeliveryCount
      deadLetteringOnMessageExpiration: true
      deadLetteringOnFilterEvaluationExceptions: true
    }
  }
]

// A subscription hears the facts it names and no others.
module filters 'service-bus-filters.bicep' = [
  for (subscription, index) in subscriptions: {
    params: {
      namespaceName: namespace.name
      topicName: topic.name
      subscriptionName: readers[index].name
      subjects: subscription.value
    }
  }
]

// Facts go to the topic; an app's own queues are filled by itself alone.
resource senders 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for member in members: {
    name: guid(namespace.id, member.app, 'send')
    scope: topic
    properties: { principalId: member.principalId, principalType: 'ServicePrincipal', roleDefinitionId: dataSender }
  }
]

resource queueOwners 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in queueReaders: {
    name: guid(namespace.id, reader.app, reader.queue)
    scope: queues[indexOf(topology.queues, reader.queue)]
    properties: { principalId: reader.principalId, principalType: 'ServicePrincipal', roleDefinitionId: dataOwner }
  }
]

resource subscriptionOwners 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in topicReaders: {
    name: guid(namespace.id, reader.subscription, topology.topic)
    scope: readers[indexOf(map(subscriptions, subscription => subscription.key), reader.subscription)]
    properties: { principalId: reader.principalId, principalType: 'ServicePrincipal', roleDefinitionId: dataOwner }
  }
]

@description('Resource id, for private endpoints and alerts.')
output id string = namespace.id
