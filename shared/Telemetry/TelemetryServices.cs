using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Sends traces, metrics and logs over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a collector, else to Application Insights
/// when APPLICATIONINSIGHTS_CONNECTION_STRING does; without either nothing is recorded.</summary>
public static class TelemetryServices
{
    public static void AddServiceTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        // The client factory logs whole addresses at Information, and Telegram's hold the bot's token. Its spans say the same without it.
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);

        builder.AddSettings<TelemetryOptions>();
        var options = builder.Configuration.Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (!options.HasCollector && !options.HasInsights)
            return;

        var telemetry = builder.Services.AddOpenTelemetry()
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
                logs => logs.IncludeFormattedMessage = true);
        if (options.HasCollector)
            telemetry.UseOtlpExporter();
        else
            telemetry.UseApplicationInsights(options.InsightsConnection!);
    }

    // Application Insights takes nothing from whom it does not know: the connection string only says where it is. The identity is AZURE_CLIENT_ID's.
    private static void UseApplicationInsights(this OpenTelemetryBuilder telemetry, string connection)
    {
        var credential = new DefaultAzureCredential();
        telemetry
            .WithTracing(tracing => tracing.AddAzureMonitorTraceExporter(options => options.ConnectionString = connection, credential))
            .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(options => options.ConnectionString = connection, credential))
            .WithLogging(logging => logging.AddAzureMonitorLogExporter(options => options.ConnectionString = connection, credential));
    }
}
