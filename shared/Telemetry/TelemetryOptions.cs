using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Who is told what the service does: a collector that speaks OTLP, or Application Insights, or nobody.</summary>
public sealed record TelemetryOptions : IValidatableObject
{
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    public string? Collector { get; init; }

    [ConfigurationKeyName("APPLICATIONINSIGHTS_CONNECTION_STRING")]
    public string? InsightsConnection { get; init; }

    internal bool HasCollector => !string.IsNullOrWhiteSpace(Collector);

    internal bool HasInsights => InsightsConnection?.Contains("InstrumentationKey=", StringComparison.OrdinalIgnoreCase) == true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(InsightsConnection) && !HasInsights)
            yield return new ValidationResult("It is not the connection string of an Application Insights component.", [nameof(InsightsConnection)]);
    }
}
