using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;
using StackExchange.Redis;
using HttpJsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>What all five services have alike: settings, database, Redis, messages, tokens, JSON, health and telemetry.</summary>
public static class ServiceDefaults
{
    /// <summary>After it a dependency counts as away.</summary>
    public static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    internal static readonly long StartedAt = Stopwatch.GetTimestamp();

    /// <summary>Adds the kernel for this service. Middleware stays visible in the app's own Program.cs.</summary>
    public static FunctionsApplicationBuilder AddServiceDefaults(this FunctionsApplicationBuilder builder, ServiceIdentity service)
    {
        builder.AddSettings<DatabaseOptions>();
        builder.AddSettings<RedisOptions>();
        builder.AddSettings<TokenOptions>();
        builder.AddSettings<PublishedKeysOptions>();
        builder.AddSettings<TrustedProxyOptions>();
        builder.AddSettings<AddressLimitOptions>();

        var services = builder.Services;
        services.AddSingleton(service);
        services.AddSingleton<TimeProvider>(new DatabaseClock(Clock(builder.Configuration, builder.Environment)));
        services.AddSingleton(_ => new FunctionCatalog(Assembly.GetEntryAssembly()!));
        services.AddSingleton<IValidateOptions<TriggerSettings>>(provider => new TriggerSettingsCheck(
            provider.GetRequiredService<FunctionCatalog>(), builder.Configuration));
        services.AddOptions<TriggerSettings>().ValidateOnStart();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<Database>();
        services.AddSingleton<IConnectionMultiplexer>(provider =>
        {
            var redis = ConnectionMultiplexer.Connect(provider.GetRequiredService<IOptions<RedisOptions>>().Value.Connection(service.Name));
            redis.ObserveCommands();
            return redis;
        });

        services.AddSingleton<TenantDirectory>();
        services.AddScoped<Caller>();
        services.AddSingleton<ClientAddress>();
        services.AddSingleton<SessionCache>();
        services.AddSingleton<ServiceToken>();
        services.AddSingleton<SignedLinks>();
        services.AddHttpClient(KeysOfUsers.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(5));
        services.AddSingleton<IPublishedKeySource, KeysOfUsers>();
        services.AddSingleton<PublishedKeys>();
        services.AddHostedService<PublishedKeysRefresh>();
        services.AddSingleton<AccessTokenValidator>();
        services.AddSingleton<DenialNotes>();
        services.AddSingleton<RateLimiter>();
        services.AddSingleton<IdempotencyStore>();

        Transport.Add(builder);
        services.AddSingleton<Inbox>();
        services.AddSingleton<OutboxAge>();
        services.AddSingleton<OutboxRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxRelay>());

        services.Configure<HttpJsonOptions>(options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<JsonOptions>(options => ApiJson.Configure(options.JsonSerializerOptions));
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("postgresql", timeout: HealthTimeout)
            .AddCheck<RedisHealth>("redis", timeout: HealthTimeout)
            .AddCheck<TransportHealth>("service-bus", HealthStatus.Degraded, tags: [], HealthTimeout);
        builder.AddServiceTelemetry(service.Name);
        return builder;
    }

    // Locally all apps share one clock that tests move forward; in Azure it is the machine's.
    private static TimeProvider Clock(IConfiguration configuration, IHostEnvironment environment) =>
        configuration["LOCAL_CLOCK_FILE"] is { Length: > 0 } file && !environment.IsProduction() ? LocalClock.Open(file) : TimeProvider.System;
}
