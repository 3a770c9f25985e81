using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Payments.Midtrans;

internal static class MidtransRegistration
{
    private const int LargestAnswer = 1024 * 1024;

    public static void AddMidtrans(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<MidtransOptions>();
        builder.Services.AddProviderHealth("midtrans", services => OptionsOf(services).BaseAddress);
        builder.Services.AddSingleton<IValidateOptions<MidtransOptions>>(new MidtransEnvironmentCheck(builder.Environment));
        builder.Services
            .AddSingleton<TenantBulkhead>()
            .AddSingleton<TooManyRequests>()
            .AddSingleton<IPaymentProvider, MidtransProvider>()
            .AddSingleton<IWalletProvider, MidtransWallets>()
            .AddSingleton<WebhookGate>()
            .AddSingleton<NoticeStore>()
            .AddSingleton<NoticeSignal>()
            .AddSingleton<ProcessNotice>()
            .AddSingleton<ReceiveNotice>()
            .AddHostedService<NoticeRelay>();
        builder.Services.AddHttpClient<MidtransClient>()
            .ConfigureHttpClient((services, client) =>
            {
                client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                client.MaxResponseContentBufferSize = LargestAnswer;
                // The pipeline below holds the time limit until the answer begins; this one is for a body that never ends.
                client.Timeout = TimeSpan.FromSeconds(OptionsOf(services).TimeoutSeconds + 5);
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .AddResilienceHandler("midtrans", (pipeline, context) => Protect(pipeline, OptionsOf(context.ServiceProvider)))
            // One breaker per host: the hosted page's trouble does not stop the Core API.
            .SelectPipelineByAuthority();
    }

    // The breaker is outermost: it counts calls, not attempts, and a call that ran out of time counts.
    private static void Protect(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, MidtransOptions options) => pipeline
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(options.BreakerSeconds),
            ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
        })
        .AddTimeout(TimeSpan.FromSeconds(options.TimeoutSeconds))
        // A GET may be asked again. A POST moves money: it is never sent twice from here, its order is looked up instead.
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Context.GetRequestMessage()?.Method == HttpMethod.Get && IsFailure(arguments.Outcome)),
        });

    // By HTTP alone: a body that says 5xx under HTTP 200 tells of one bank's or partner's trouble, which stops no other way to pay.
    private static bool IsFailure(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException or TaskCanceledException { InnerException: TimeoutException }
        || (int?)outcome.Result?.StatusCode >= 500;

    private static MidtransOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<MidtransOptions>>().Value;
}
