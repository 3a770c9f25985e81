metadata description = 'The five services with everything they stand on, in one of two sizes.'

targetScope = 'resourceGroup'

@description('dev is cheap and reachable from the internet; production is zone-redundant and private but for the gateway.')
@allowed(['dev', 'production'])
param size string

@description('Short name of the product; the names of all resources begin with it.')
@minLength(2)
@maxLength(6)
param product string

@description('Region. Production needs one with availability zones and Flex Consumption.')
param location string = resourceGroup().location

@description('The Entra group (or principal) that owns the database; the migrations sign in as it.')
param databaseOwner { objectId: string, name: string, type: 'Group' | 'ServicePrincipal' | 'User' }

@description('Where the analytics database is: ClickHouse Cloud or a server of your own. Its password is the secret CLICKHOUSE_PASSWORD.')
param clickHouse { host: string, port: string, user: string }

@description('The merchant account at Midtrans: the sandbox or the real bank.')
param midtrans { apiUrl: string, snapUrl: string }

@description('User names of the three bots.')
param telegramBots { default: string, premium: string, enterprise: string }

@description('The server that takes our mails, and their sender. The password of its user is the optional secret SMTP_PASSWORD.')
param mail { host: string, port: string, from: string, tls: ('none' | 'starttls' | 'tls')?, username: string? }

@description('Base address of the pages of the product; they may call the APIs.')
param appUrl string

@description('The domain passkeys belong to; they are lost when it changes. Empty: the host of the pages.')
param passkeyDomain string = ''

@description('Public address of the gateway, when it has a domain of its own.')
param gatewayUrl string = ''

@description('Tier of the gateway in production; both can be in the network and in three zones. Standard v2 costs a quarter and takes fewer requests.')
param gatewayTier 'StandardV2' | 'PremiumV2' = 'PremiumV2'

@description('Scale units of the gateway in production; three, one for each zone.')
@minValue(3)
param gatewayUnits int = 3

@description('Addresses of those on duty.')
param dutyEmails string[]

@description('What a month may cost, in the currency of the subscription.')
param monthlyBudget int

@description('First day of the month in which the budget is made, such as 2026-11-01: it must lie in the current month then, and the budget keeps it.')
@minLength(10)
@maxLength(10)
param budgetStart string

@description('Values of secrets by setting. What is missing or empty stays as the vault has it.')
@secure()
param secrets object = {}

@description('Optional secrets that the vault holds; the apps read them as empty otherwise.')
param optionalSecrets ('JWT_OLD_SECRETS' | 'MIDTRANS_WEBHOOK_SECRET' | 'PAYMENT_ENCRYPTION_OLD_KEYS' | 'SMTP_PASSWORD')[] = []

@description('Settings that differ from settings.json, by app.')
param settings object = {}

var isProduction = size == 'production'
var suffix = uniqueString(resourceGroup().id)
var base = '${product}-${size == 'production' ? 'prod' : size}'
var tags = { product: product, size: size }

var names = {
  vault: take('${base}-kv-${suffix}', 24)
  bus: '${base}-bus-${suffix}'
  postgres: '${base}-pg-${suffix}'
  redis: '${base}-redis-${suffix}'
  gateway: '${base}-apim-${suffix}'
}

// The committed documents, by app: what is public at the gateway is read off them.
var documents = {
  users: loadJsonContent('openapi/users.json')
  subscriptions: loadJsonContent('openapi/subscriptions.json')
  payments: loadJsonContent('openapi/payments.json')
  notifications: loadJsonContent('openapi/notifications.json')
  billing: loadJsonContent('openapi/billing.json')
}
var topology = loadJsonContent('topology.json')
var plainSettings = loadJsonContent('settings.json')

// 40 instances each use two thirds of the connections that the database takes, and with two processors for one app 240 of the 250 that a
// subscription has in a region: who gives one more takes them from another, or asks for a larger quota.
var apps = [
  {
    key: 'users'
    calls: ['users', 'subscriptions', 'payments', 'notifications', 'billing']
    queues: []
    // Passwords are hashed on the processor for a quarter of a second each: 4 GB come with two of them.
    memory: 4096
    maximumInstances: 40
    httpConcurrency: 8
    alwaysReady: []
    containers: []
    secrets: ['JWT_SECRET', 'PASSWORD_PEPPER']
  }
  {
    key: 'subscriptions'
    calls: ['billing']
    queues: []
    // Waits for the database more than it computes.
    memory: 2048
    maximumInstances: 40
    httpConcurrency: 32
    alwaysReady: []
    containers: []
    secrets: ['JWT_SECRET', 'CLICKHOUSE_PASSWORD']
  }
  {
    key: 'payments'
    calls: []
    queues: []
    // Waits for Midtrans.
    memory: 2048
    maximumInstances: 40
    httpConcurrency: 16
    // Midtrans' webhook. A plan that spans zones keeps two of a group at least.
    alwaysReady: [{ name: 'http', instanceCount: 2 }]
    containers: []
    secrets: ['JWT_SECRET', 'MIDTRANS_SERVER_KEY', 'MIDTRANS_CLIENT_KEY', 'PAYMENT_ENCRYPTION_KEY']
  }
  {
    key: 'notifications'
    calls: []
    queues: ['notifications-critical', 'notifications-high', 'notifications-medium', 'notifications-low']
    // Waits for Telegram and the mail server.
    memory: 2048
    maximumInstances: 40
    httpConcurrency: 16
    // Telegram's webhook, and what must not wait for a cold start.
    alwaysReady: [{ name: 'http', instanceCount: 2 }, { name: 'function:DeliverCritical', instanceCount: 2 }]
    containers: []
    secrets: ['JWT_SECRET', 'TELEGRAM_BOT_TOKEN_DEFAULT', 'TELEGRAM_BOT_TOKEN_PREMIUM', 'TELEGRAM_BOT_TOKEN_ENTERPRISE']
  }
  {
    key: 'billing'
    calls: ['payments']
    queues: ['billing-run-pages']
    // Pages of a run wait for the database; PDFs are drawn on instances of their own.
    memory: 2048
    maximumInstances: 40
    httpConcurrency: 16
    alwaysReady: []
    containers: ['documents']
    secrets: ['JWT_SECRET']
  }
]
// Put there by the template itself.
var platformSecrets = ['APPLICATIONINSIGHTS_CONNECTION_STRING']
var optionalSecretsOf = {
  users: ['JWT_OLD_SECRETS']
  payments: ['MIDTRANS_WEBHOOK_SECRET', 'PAYMENT_ENCRYPTION_OLD_KEYS']
  notifications: ['SMTP_PASSWORD']
}
var vaultSecrets = union(flatten(map(apps, app => app.secrets)), optionalSecrets)

var gateway = empty(gatewayUrl) ? 'https://${names.gateway}.azure-api.net' : gatewayUrl
// An account per app: what its host keeps there is the app's alone.
var storageNames = toObject(
  apps,
  app => app.key,
  app => take(toLower(replace('${product}${take(app.key, 5)}${uniqueString(resourceGroup().id, size)}', '-', '')), 24)
)
var appNames = toObject(apps, app => app.key, app => '${base}-${app.key}-${suffix}')
var urls = mapValues(appNames, name => 'https://${name}.azurewebsites.net')
var networkPrefix = '10.20.0.0/16'
var hosts = {
  postgres: '${names.postgres}.postgres.database.azure.com'
  redis: '${names.redis}.${location}.redis.azure.net'
  bus: '${names.bus}.servicebus.windows.net'
}

var subnets = toObject(
  ['apps', 'gateway', 'endpoints'],
  subnet => subnet,
  subnet => resourceId('Microsoft.Network/virtualNetworks/subnets', '${base}-vnet', subnet)
)

// What all apps read alike.
var commonSettings = {
  // Production refuses the sandbox of the bank, which dev is for.
  AZURE_FUNCTIONS_ENVIRONMENT: isProduction ? 'Production' : 'Staging'
  AzureWebJobsStorage__credential: 'managedidentity'
  ServiceBus__fullyQualifiedNamespace: hosts.bus
  ServiceBus__credential: 'managedidentity'
  POSTGRES_HOST: hosts.postgres
  REDIS_HOST: hosts.redis
  USERS_URL: urls.users
  // The gateway and the platform's own front end; what stands left of them in X-Forwarded-For is not believed.
  TRUSTED_PROXIES: isProduction ? '127.0.0.1,::1,${cidrSubnet(networkPrefix, 24, 1)}' : '127.0.0.1,::1'
}

var ownSettings = {
  users: {
    APP_URL: appUrl
    PASSKEY_RP_ID: passkeyDomain
    PASSKEY_ORIGINS: ''
  }
  subscriptions: {
    CLICKHOUSE_HOST: clickHouse.host
    CLICKHOUSE_PORT: clickHouse.port
    CLICKHOUSE_USER: clickHouse.user
  }
  payments: {
    MIDTRANS_API_URL: midtrans.apiUrl
    MIDTRANS_SNAP_URL: midtrans.snapUrl
    MIDTRANS_WEBHOOK_ADDRESSES: ''
  }
  notifications: {
    APP_URL: appUrl
    BILLING_PUBLIC_URL: '${gateway}/billing'
    TELEGRAM_BOT_USERNAME_DEFAULT: telegramBots.default
    TELEGRAM_BOT_USERNAME_PREMIUM: telegramBots.premium
    TELEGRAM_BOT_USERNAME_ENTERPRISE: telegramBots.enterprise
    TELEGRAM_WEBHOOK_URL: '${gateway}/notifications/v1/telegram/webhook'
    SMTP_HOST: mail.host
    SMTP_PORT: mail.port
    SMTP_TLS: mail.?tls ?? ''
    SMTP_USERNAME: mail.?username ?? ''
    MAIL_FROM: mail.from
    MAIL_UNSUBSCRIBE_URL: '${gateway}/notifications/v1/unsubscribe'
    // Messages of three bots wait for their turn side by side, up to 32 of each bot, and leave places to mails; they need no processors.
    AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: '128'
  }
  billing: {
    BILLING_PUBLIC_URL: '${gateway}/billing'
    DOCUMENT_STORAGE: 'https://${storageNames.billing}.blob.${environment().suffixes.storage}'
  }
}

// An app has two identities: one runs it and is its role in the database, the other is the role of its timers, which sees all tenants.
module identities 'modules/identity.bicep' = [
  for app in apps: {
    name: 'identity-${app.key}'
    params: { name: '${base}-${app.key}-id', location: location, tags: tags }
  }
]

module jobIdentities 'modules/identity.bicep' = [
  for app in apps: {
    name: 'identity-${app.key}-jobs'
    params: { name: '${base}-${app.key}-jobs-id', location: location, tags: tags }
  }
]

module gatewayIdentity 'modules/identity.bicep' = {
  params: { name: '${base}-apim-id', location: location, tags: tags }
}

module workspace 'modules/log-analytics.bicep' = {
  params: {
    name: '${base}-logs'
    location: location
    tags: tags
    retentionDays: isProduction ? 90 : 30
    dailyQuotaGb: isProduction ? -1 : 1
  }
}

module vault 'modules/key-vault.bicep' = {
  params: { name: names.vault, location: location, tags: tags, private: isProduction }
}

@batchSize(4)
module vaultValues 'modules/key-vault-secret.bicep' = [
  for secret in vaultSecrets: {
    name: 'secret-${toLower(replace(secret, '_', '-'))}'
    dependsOn: [vault]
    params: {
      vaultName: names.vault
      name: replace(secret, '_', '-')
      value: secrets[?secret] ?? ''
      isGiven: !empty(secrets[?secret] ?? '')
    }
  }
]

module insights 'modules/application-insights.bicep' = {
  params: {
    name: '${base}-insights'
    location: location
    tags: tags
    workspaceId: workspace.outputs.id
    members: [for (app, index) in apps: { app: app.key, principalId: identities[index].outputs.principalId }]
  }
}

module insightsConnection 'modules/insights-connection.bicep' = {
  dependsOn: [vault, insights]
  params: {
    insightsName: '${base}-insights'
    vaultName: names.vault
    secretName: 'APPLICATIONINSIGHTS-CONNECTION-STRING'
  }
}

module storage 'modules/storage.bicep' = [
  for (app, index) in apps: {
    name: 'storage-${app.key}'
    params: {
      name: storageNames[app.key]
      location: location
      tags: union(tags, { service: app.key })
      zoneRedundant: isProduction
      private: isProduction
      containers: union(['package'], app.containers)
      principalId: identities[index].outputs.principalId
    }
  }
]

module bus 'modules/service-bus.bicep' = {
  params: {
    name: names.bus
    location: location
    tags: tags
    tier: isProduction ? 'Premium' : 'Standard'
    messagingUnits: 1
    topology: topology
    members: [
      for (app, index) in apps: { app: app.key, principalId: identities[index].outputs.principalId, queues: app.queues }
    ]
  }
}

module postgres 'modules/postgres.bicep' = {
  params: {
    name: names.postgres
    location: location
    tags: tags
    sku: isProduction ? 'Standard_D8ds_v5' : 'Standard_B2s'
    tier: isProduction ? 'GeneralPurpose' : 'Burstable'
    storageGiB: isProduction ? 256 : 32
    zoneRedundant: isProduction
    private: isProduction
    backupDays: isProduction ? 35 : 7
    database: plainSettings.all.POSTGRES_DB
    owner: databaseOwner
  }
}

module redis 'modules/redis.bicep' = {
  params: {
    name: names.redis
    location: location
    tags: tags
    sku: isProduction ? 'Balanced_B5' : 'Balanced_B0'
    zoneRedundant: isProduction
    private: isProduction
    members: [for (app, index) in apps: { app: app.key, principalId: identities[index].outputs.principalId }]
  }
}

module securityGroup 'modules/security-group.bicep' = if (isProduction) {
  params: { name: '${base}-nsg', location: location, tags: tags }
}

module egressAddresses 'modules/public-ip-prefix.bicep' = if (isProduction) {
  params: { name: '${base}-egress', location: location, tags: tags, length: 31, zones: ['1', '2', '3'] }
}

module natGateway 'modules/nat-gateway.bicep' = if (isProduction) {
  params: { name: '${base}-nat', location: location, tags: tags, addressPrefixId: egressAddresses!.outputs.id }
}

module network 'modules/network.bicep' = if (isProduction) {
  params: {
    name: '${base}-vnet'
    location: location
    tags: tags
    addressPrefix: networkPrefix
    securityGroupId: securityGroup!.outputs.id
    natGatewayId: natGateway!.outputs.id
  }
}

module vaultAccess 'modules/key-vault-access.bicep' = [
  for (app, index) in apps: {
    name: 'secrets-of-${app.key}'
    dependsOn: [vaultValues, insightsConnection]
    params: {
      vaultName: names.vault
      app: app.key
      principalId: identities[index].outputs.principalId
      secretNames: map(
        union(app.secrets, platformSecrets, intersection(optionalSecretsOf[?app.key] ?? [], optionalSecrets)),
        secret => replace(secret, '_', '-')
      )
    }
  }
]

// Who migrates makes the tables of the analytics too.
module migratorAccess 'modules/key-vault-access.bicep' = {
  name: 'secrets-of-migrations'
  dependsOn: [vaultValues]
  params: {
    vaultName: names.vault
    app: 'migrations'
    principalId: databaseOwner.objectId
    principalType: databaseOwner.type
    secretNames: ['CLICKHOUSE-PASSWORD']
  }
}

module plans 'modules/function-plan.bicep' = [
  for app in apps: {
    name: 'plan-${app.key}'
    params: { name: '${base}-${app.key}-plan', location: location, tags: tags, zoneRedundant: isProduction }
  }
]

module functionApps 'modules/function-app.bicep' = [
  for (app, index) in apps: {
    name: 'app-${app.key}'
    dependsOn: [storage, bus, postgres, redis, vaultAccess, network]
    params: {
      name: appNames[app.key]
      location: location
      // By the second tag azd finds the app.
      tags: union(tags, { service: app.key, 'azd-service-name': app.key })
      planId: plans[index].outputs.id
      private: isProduction
      subnetId: isProduction ? subnets.apps : ''
      identityIds: [identities[index].outputs.id, jobIdentities[index].outputs.id]
      storageAccountName: storageNames[app.key]
      container: 'package'
      instanceMemory: app.memory
      maximumInstances: app.maximumInstances
      httpConcurrency: app.httpConcurrency
      alwaysReady: isProduction ? app.alwaysReady : []
      settings: union(
        plainSettings.all,
        commonSettings,
        plainSettings[app.key],
        ownSettings[app.key],
        empty(app.calls) ? {} : plainSettings.calls,
        toObject(app.calls, target => '${toUpper(target)}_URL', target => urls[target]),
        toObject(app.calls, target => '${toUpper(target)}_TIMEOUT_SECONDS', target => plainSettings.timeouts[target]),
        toObject(optionalSecretsOf[?app.key] ?? [], secret => secret, secret => ''),
        toObject(
          union(app.secrets, platformSecrets, intersection(optionalSecretsOf[?app.key] ?? [], optionalSecrets)),
          secret => secret,
          secret => '@Microsoft.KeyVault(VaultName=${names.vault};SecretName=${replace(secret, '_', '-')})'
        ),
        settings[?app.key] ?? {},
        app.key == 'billing' ? { DOCUMENT_STORAGE_CLIENT_ID: identities[index].outputs.clientId } : {},
        {
          AZURE_CLIENT_ID: identities[index].outputs.clientId
          AzureWebJobsStorage__accountName: storageNames[app.key]
          AzureWebJobsStorage__clientId: identities[index].outputs.clientId
          ServiceBus__clientId: identities[index].outputs.clientId
          POSTGRES_IDENTITY: identities[index].outputs.clientId
          POSTGRES_JOBS_IDENTITY: jobIdentities[index].outputs.clientId
          REDIS_IDENTITY: identities[index].outputs.clientId
          REDIS_USER: identities[index].outputs.principalId
          APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identities[index].outputs.clientId}'
        }
      )
    }
  }
]

// In production everything that the apps call and are called by has an address in the network.
var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink.vaultcore.azure.net'
  namespace: 'privatelink.servicebus.windows.net'
  postgresqlServer: 'privatelink.postgres.database.azure.com'
  redisEnterprise: 'privatelink.redis.azure.net'
}
var endpoints = concat(
  flatten(map(apps, app => map(['blob', 'queue', 'table'], group => {
    name: '${app.key}-${group}'
    group: group
    serviceId: resourceId('Microsoft.Storage/storageAccounts', storageNames[app.key])
  }))),
  [
    { name: 'vault', group: 'vault', serviceId: resourceId('Microsoft.KeyVault/vaults', names.vault) }
    { name: 'namespace', group: 'namespace', serviceId: resourceId('Microsoft.ServiceBus/namespaces', names.bus) }
    { name: 'postgresqlserver', group: 'postgresqlServer', serviceId: resourceId('Microsoft.DBforPostgreSQL/flexibleServers', names.postgres) }
    { name: 'redisenterprise', group: 'redisEnterprise', serviceId: resourceId('Microsoft.Cache/redisEnterprise', names.redis) }
  ]
)

module zones 'modules/private-dns-zone.bicep' = [
  for zone in items(zoneNames): if (isProduction) {
    name: 'zone-${zone.key}'
    params: { name: zone.value, tags: tags, networkId: network!.outputs.id }
  }
]

module appZone 'modules/private-dns-zone.bicep' = if (isProduction) {
  params: { name: 'privatelink.azurewebsites.net', tags: tags, networkId: network!.outputs.id }
}

module serviceEndpoints 'modules/private-endpoint.bicep' = [
  for endpoint in endpoints: if (isProduction) {
    name: 'endpoint-${endpoint.name}'
    dependsOn: [network, zones, storage, vault, bus, postgres, redis]
    params: {
      name: '${base}-pe-${endpoint.name}'
      location: location
      tags: tags
      serviceId: endpoint.serviceId
      groupId: endpoint.group
      subnetId: subnets.endpoints
      zoneId: resourceId('Microsoft.Network/privateDnsZones', zoneNames[endpoint.group])
    }
  }
]

module appEndpoints 'modules/private-endpoint.bicep' = [
  for (app, index) in apps: if (isProduction) {
    name: 'endpoint-${app.key}'
    dependsOn: [functionApps]
    params: {
      name: '${base}-pe-${app.key}'
      location: location
      tags: tags
      serviceId: resourceId('Microsoft.Web/sites', appNames[app.key])
      groupId: 'sites'
      subnetId: subnets.endpoints
      zoneId: appZone!.outputs.id
    }
  }
]

module apiManagement 'modules/api-management.bicep' = {
  dependsOn: [network, insights]
  params: {
    name: names.gateway
    location: location
    tags: tags
    sku: isProduction ? gatewayTier : 'Consumption'
    units: isProduction ? gatewayUnits : 0
    zones: isProduction ? ['1', '2', '3'] : []
    subnetId: isProduction ? subnets.gateway : ''
    publisherEmail: dutyEmails[0]
    publisherName: product
    insightsName: '${base}-insights'
    identity: {
      id: gatewayIdentity.outputs.id
      clientId: gatewayIdentity.outputs.clientId
      principalId: gatewayIdentity.outputs.principalId
    }
  }
}

// Public is what asks for no token: sign-in, webhooks, keys. Of the operators' routes only the ones that tell nothing are.
var operations = mapValues(
  documents,
  document => flatten(map(items(document.paths), path => map(items(path.value), operation => {
    name: '${toUpper(operation.key)} ${path.key}'
    isPublic: !contains(operation.value, 'security') && (!contains(operation.value.tags, 'Operations') || contains(['/health/live', '/openapi.json'], path.key))
  })))
)
var policy = loadTextContent('policy.xml')
// Everything is counted by its address, and what has a valid token by the tenant in it: the header is anybody's to write.
var addressLimit = '<rate-limit-by-key calls="30000" renewal-period="60" counter-key="@(&quot;address:&quot; + context.Request.IpAddress)" />'
var tenantLimit = '<rate-limit-by-key calls="6000" renewal-period="60" counter-key="@(&quot;tenant:&quot; + ((Jwt)context.Variables[&quot;jwt&quot;]).Claims.GetValueOrDefault(&quot;tenantId&quot;, &quot;&quot;))" />'

module apis 'modules/api.bicep' = [
  for (app, index) in apps: {
    name: 'api-${app.key}'
    dependsOn: [apiManagement]
    params: {
      serviceName: names.gateway
      app: app.key
      document: documents[app.key]
      backendUrl: urls[app.key]
      policy: reduce(
        items({
          '{origins}': '<origin>${appUrl}</origin>'
          // The Consumption tier cannot count by key; the apps do.
          '{addressLimit}': isProduction ? addressLimit : ''
          '{tenantLimit}': isProduction ? tenantLimit : ''
          '{public}': join(
            map(filter(operations[app.key], operation => operation.isPublic), operation => '&quot;${operation.name}&quot;'),
            ', '
          )
          '{discovery}': '${urls.users}/.well-known/openid-configuration'
          '{audience}': 'serverless-business'
          '{issuer}': 'serverless-business/users'
        }),
        { text: policy },
        (filled, blank) => { text: replace(filled.text, blank.key, blank.value) }
      ).text
    }
  }
]

module diagnostics 'modules/diagnostics.bicep' = {
  dependsOn: [bus, postgres]
  params: { namespaceName: names.bus, serverName: names.postgres, workspaceId: workspace.outputs.id }
}

module duty 'modules/action-group.bicep' = {
  params: { name: '${base}-duty', tags: tags, emails: dutyEmails }
}

module budget 'modules/budget.bicep' = {
  params: { name: '${base}-budget', amount: monthlyBudget, startDate: budgetStart, actionGroupId: duty.outputs.id }
}

module criticalQueueAge 'modules/metric-alert.bicep' = {
  name: 'alert-critical-queue-age'
  params: {
    name: '${base}-critical-queue-age'
    tags: tags
    summary: 'The critical queue has not been empty for five minutes: codes and alarms reach nobody in time. Look at DeliverCritical and the providers.'
    severity: 0
    scopeId: bus.outputs.id
    metricNamespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'ActiveMessages'
    aggregation: 'Minimum'
    threshold: 0
    window: 'PT5M'
    dimension: 'EntityName'
    values: ['notifications-critical']
    actionGroupId: duty.outputs.id
  }
}

module deadLetters 'modules/metric-alert.bicep' = {
  name: 'alert-dead-letters'
  params: {
    name: '${base}-dead-letters'
    tags: tags
    summary: 'A message was given up after ten tries. Read it in the dead-letter queue of the entity, mend the cause, resubmit it.'
    severity: 1
    scopeId: bus.outputs.id
    metricNamespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
    window: 'PT5M'
    dimension: 'EntityName'
    values: ['*']
    actionGroupId: duty.outputs.id
  }
}

var questions = loadJsonContent('alerts.json')

module logAlerts 'modules/query-alert.bicep' = [
  for question in questions: {
    name: 'alert-${question.name}'
    params: {
      name: '${base}-${question.name}'
      location: location
      tags: tags
      summary: question.summary
      severity: question.severity
      query: join(question.query, '\n')
      every: question.every
      window: question.window
      scopeId: workspace.outputs.id
      actionGroupId: duty.outputs.id
    }
  }
]

@description('Where callers find the APIs.')
output gatewayUrl string = gateway

@description('The apps to publish to, by service.')
output appNames object = appNames

@description('Server that the migrations connect to.')
output postgresHost string = hosts.postgres

@description('Where the migrations find the analytics database; its password lies in the vault.')
output clickHouse { host: string, port: string, user: string, tls: string } = union(clickHouse, { tls: plainSettings.subscriptions.CLICKHOUSE_TLS })

@description('Addresses that calls to Midtrans, Telegram, the mail server and ClickHouse come from; empty in dev, where they change.')
output egressAddresses string = isProduction ? egressAddresses!.outputs.addresses : ''

@description('Which identity each role of the database belongs to: what the migrations are told.')
output databaseRoles { service: string, app: string, jobs: string }[] = [
  for (app, index) in apps: {
    service: app.key
    app: identities[index].outputs.principalId
    jobs: jobIdentities[index].outputs.principalId
  }
]

@description('Name of the vault.')
output vaultName string = names.vault
