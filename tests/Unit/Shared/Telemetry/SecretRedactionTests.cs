using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Trace;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Tests.Unit.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Telemetry;

[Collection(nameof(ListeningTests))]
public sealed class SecretRedactionTests
{
    [Theory]
    [InlineData("https://api.telegram.org/bot123456:AAH-x_y/sendMessage", "https://api.telegram.org/bot***/sendMessage")]
    [InlineData("POST /bot123456%3AAAH/getMe failed", "POST /bot***/getMe failed")]
    [InlineData("Authorization: Bearer eyJhbGciOi.J9.x-y", "Authorization: Bearer ***")]
    [InlineData("authorization=basic U0ItTWlkLXNlcnZlcg==", "authorization=basic ***")]
    [InlineData("/verify?token=abc&tenant_id=acme", "/verify?token=***&tenant_id=acme")]
    [InlineData(
        "/billing/v1/pay/AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKKLLLLMMMM/status", "/billing/v1/pay/***/status")]
    [InlineData("/v1/documents/AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKKLLLLMMMM", "/v1/documents/***")]
    [InlineData("/payments/v1/webhooks/midtrans-token/geheim", "/payments/v1/webhooks/midtrans-token/***")]
    [InlineData("POST /v1/webhooks/midtrans/shop/0a1b2c was answered", "POST /v1/webhooks/midtrans/shop/*** was answered")]
    [InlineData("https://api.midtrans.com/v2/pay/account/0a1b-2c/unbind", "https://api.midtrans.com/v2/pay/account/***/unbind")]
    [InlineData("GET /v2/pay/account/0a1b-2c", "GET /v2/pay/account/***")]
    [InlineData("https://app.midtrans.com/snap/v1/transactions/0a1b-2c/cancel", "https://app.midtrans.com/snap/v1/transactions/***/cancel")]
    [InlineData("/x?a=1&reset_token=abc#end", "/x?a=1&reset_token=***#end")]
    public void Secrets_are_taken_out(string text, string expected) => Assert.Equal(expected, SecretRedaction.Redact(text));

    [Theory]
    [InlineData("/v1/invoices?limit=20&cursor=abc")]
    [InlineData("select id from bottles where a = 1")]
    [InlineData("/bots/list")]
    [InlineData("https://app.midtrans.com/snap/v1/transactions")]
    [InlineData("/v1/webhooks/midtrans/shop")]
    [InlineData("/v1/webhooks/midtrans/{tenantId}/{token}")]
    public void Other_texts_stay_as_they_are(string text) => Assert.Same(text, SecretRedaction.Redact(text));

    [Fact]
    public async Task A_call_to_telegram_leaves_no_token_in_a_span_or_a_log()
    {
        await using var telegram = await FakeService.StartAsync();
        var logs = new List<string>();
        var spans = new List<System.Diagnostics.Activity>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        builder.AddServiceTelemetry("notification-service");
        builder.Logging.AddProvider(new Recorder(logs)).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddHttpClient("telegram");
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(new Keep(spans))));
        using var host = builder.Build();
        var tracer = host.Services.GetRequiredService<TracerProvider>();

        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("telegram");
        (await client.PostAsync($"{telegram.Address}/bot123456:AAH-x_y/sendMessage?token=geheim", null)).EnsureSuccessStatusCode();
        tracer.ForceFlush(0);

        var span = Assert.Single(spans, span => span.TagObjects.Any(tag => tag.Key == "url.full"));
        Assert.Contains("/bot***/sendMessage", (string?)span.GetTagItem("url.full"), StringComparison.Ordinal);
        Assert.DoesNotContain(spans.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains("AAH", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, line => line.Contains("AAH", StringComparison.Ordinal) || line.Contains("geheim", StringComparison.Ordinal));
    }

    private sealed class Keep(List<System.Diagnostics.Activity> spans) : BaseExporter<System.Diagnostics.Activity>
    {
        public override ExportResult Export(in Batch<System.Diagnostics.Activity> batch)
        {
            foreach (var activity in batch)
                spans.Add(activity);
            return ExportResult.Success;
        }
    }

    private sealed class Recorder(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add(formatter(state, exception) + exception);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public void Dispose()
        {
        }
    }
}
