using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Sends traces, metrics and logs over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a collector; without it nothing is recorded.</summary>
public static class TelemetryServices
{
    public static void AddServiceTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        // The client factory logs whole addresses at Information, and Telegram's hold the bot's token. Its spans say the same without it.
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);

        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceNamespace: "serverless-business"))
            .WithTracing(tracing => tracing
                .AddSource(ServiceTelemetry.Name)
                .AddNpgsql()
                .AddHttpClientInstrumentation()
                .AddProcessor(new SecretRedaction.OfSpans()))
            .WithMetrics(metrics => metrics
                .AddMeter(ServiceTelemetry.Name, "Npgsql", "Polly", "System.Runtime")
                .AddHttpClientInstrumentation())
            .WithLogging(
                logging => logging.AddProcessor(new SecretRedaction.OfLogs()),
                options => options.IncludeFormattedMessage = true)
            .UseOtlpExporter();
    }
}
