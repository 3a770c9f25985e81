using './main.bicep'

param size = 'production'
param product = readEnvironmentVariable('PRODUCT', 'sb')
param databaseOwner = {
  objectId: readEnvironmentVariable('DATABASE_OWNER_ID', '00000000-0000-0000-0000-000000000000')
  name: readEnvironmentVariable('DATABASE_OWNER_NAME', 'database-owners')
  type: 'Group'
}
param clickHouse = {
  host: readEnvironmentVariable('CLICKHOUSE_HOST', 'clickhouse.example')
  port: '8443'
  user: 'default'
}
param midtrans = {
  apiUrl: 'https://api.midtrans.com'
  snapUrl: 'https://app.midtrans.com'
}
param telegramBots = {
  default: 'ai_trading_default_bot'
  premium: 'ai_trading_premium_bot'
  enterprise: 'ai_trading_enterprise_bot'
}
param mail = { host: 'smtp.example', port: '587', from: 'no-reply@ai-trading.example' }
param appUrl = readEnvironmentVariable('APP_URL', 'https://ai-trading.example')
param dutyEmails = [readEnvironmentVariable('DUTY_EMAIL', 'duty@ai-trading.example')]
param monthlyBudget = 6000
param budgetStart = readEnvironmentVariable('BUDGET_START')
param secrets = {
  JWT_SECRET: readEnvironmentVariable('JWT_SECRET', '')
  PASSWORD_PEPPER: readEnvironmentVariable('PASSWORD_PEPPER', '')
  PAYMENT_ENCRYPTION_KEY: readEnvironmentVariable('PAYMENT_ENCRYPTION_KEY', '')
  MIDTRANS_SERVER_KEY: readEnvironmentVariable('MIDTRANS_SERVER_KEY', '')
  MIDTRANS_CLIENT_KEY: readEnvironmentVariable('MIDTRANS_CLIENT_KEY', '')
  CLICKHOUSE_PASSWORD: readEnvironmentVariable('CLICKHOUSE_PASSWORD', '')
  TELEGRAM_BOT_TOKEN_DEFAULT: readEnvironmentVariable('TELEGRAM_BOT_TOKEN_DEFAULT', '')
  TELEGRAM_BOT_TOKEN_PREMIUM: readEnvironmentVariable('TELEGRAM_BOT_TOKEN_PREMIUM', '')
  TELEGRAM_BOT_TOKEN_ENTERPRISE: readEnvironmentVariable('TELEGRAM_BOT_TOKEN_ENTERPRISE', '')
}
