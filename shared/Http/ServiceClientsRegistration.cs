using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Registers the services an app calls, from the settings {SERVICE}_URL.</summary>
public static class ServiceClientsRegistration
{
    private const int LargestAnswer = 4 * 1024 * 1024;

    public static void AddServiceClients(this IHostApplicationBuilder builder, params IReadOnlyList<ServiceIdentity> targets)
    {
        builder.Services.AddSingleton<ServiceClients>();
        foreach (var target in targets)
        {
            Configure(builder.Services.AddOptions<ServiceClientOptions>(target.Key), target, builder.Configuration);
            var client = builder.Services.AddHttpClient(ServiceClients.HttpClientName(target))
                .ConfigureHttpClient((services, http) =>
                {
                    http.BaseAddress = new Uri(OptionsOf(services, target).BaseAddress);
                    // The pipeline below holds the time limit; the client's own would tell a timeout apart from nothing.
                    http.Timeout = Timeout.InfiniteTimeSpan;
                })
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    ConnectTimeout = TimeSpan.FromSeconds(2),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                });
            client.AddResilienceHandler(target.Key, (pipeline, context) => Protect(pipeline, OptionsOf(context.ServiceProvider, target)));
            client.AddHttpMessageHandler(() => new WholeAnswer());
        }
    }

    // One breaker per target. It is outermost, so it counts calls and not attempts, and a call that ran out of time counts against the service.
    private static void Protect(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ServiceClientOptions options)
    {
        pipeline
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakerMinimumCalls,
                SamplingDuration = TimeSpan.FromSeconds(options.BreakerSamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(options.BreakerSeconds),
                ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
            })
            .AddTimeout(TimeSpan.FromSeconds(options.TimeoutSeconds));
        if (options.Retries == 0)
            return;

        pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Context.GetRequestMessage()?.Method == HttpMethod.Get && IsFailure(arguments.Outcome)),
        });
    }

    // A refusal (4xx, 429 included) is the answer to one caller and says nothing about the service's health.
    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) =>
        (outcome.Exception is { } exception && ServiceAnswer.IsMissing(exception)) || (int?)outcome.Result?.StatusCode >= 500;

    private static void Configure(OptionsBuilder<ServiceClientOptions> options, ServiceIdentity target, IConfiguration settings)
    {
        var prefix = target.Key.ToUpperInvariant();
        options.Configure(values =>
        {
            values.BaseAddress = settings[$"{prefix}_URL"] ?? "";
            values.TimeoutSeconds = Number($"{prefix}_TIMEOUT_SECONDS") ?? DefaultTimeout(target);
            values.Retries = (int)(Number("SERVICE_RETRIES") ?? values.Retries);
            values.BreakerMinimumCalls = (int)(Number("SERVICE_BREAKER_MINIMUM_CALLS") ?? values.BreakerMinimumCalls);
            values.BreakerSamplingSeconds = Number("SERVICE_BREAKER_SAMPLING_SECONDS") ?? values.BreakerSamplingSeconds;
            values.BreakerSeconds = Number("SERVICE_BREAKER_SECONDS") ?? values.BreakerSeconds;
        });
        options.Validate(values => Uri.TryCreate(values.BaseAddress, UriKind.Absolute, out var address) && address.Scheme is "http" or "https",
            $"{prefix}_URL must be the base address of {target.Name}, such as http://127.0.0.1:8021.");
        options.ValidateDataAnnotations().ValidateOnStart();

        double? Number(string name)
        {
            if (settings[name] is not { Length: > 0 } text)
                return null;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new OptionsValidationException(target.Key, typeof(ServiceClientOptions), [$"{name} must be a number, but is '{text}'."]);
        }
    }

    // Given by the owner: charging waits for a bank, changing a subscription for several tables.
    private static double DefaultTimeout(ServiceIdentity target)
    {
        if (target == ServiceIdentity.Payments)
            return 30;
        return target == ServiceIdentity.Subscriptions ? 15 : 10;
    }

    private static ServiceClientOptions OptionsOf(IServiceProvider services, ServiceIdentity target) =>
        services.GetRequiredService<IOptionsMonitor<ServiceClientOptions>>().Get(target.Key);

    // An answer is there when its last byte is: limit, retries and breaker must not take a body that never comes for a success.
    private sealed class WholeAnswer : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }
}
