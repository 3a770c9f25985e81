using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Billing.TestClocks;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddServiceDefaults(ServiceIdentity.Billing);

builder.UseMiddleware<TelemetryMiddleware>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<TenantMiddleware>();
builder.UseMiddleware<AuthenticationMiddleware>();
builder.UseMiddleware<PermissionMiddleware>();
builder.UseMiddleware<RateLimitMiddleware>();
builder.UseMiddleware<CardDataMiddleware>();
builder.UseMiddleware<IdempotencyMiddleware>();
builder.UseMiddleware<TestClockMiddleware>();

builder.AddBilling();
builder.RunService();
