using System.ComponentModel.DataAnnotations;

namespace ServerlessBusiness.Shared.Http;

/// <summary>Where one of our services is and how patient its callers are (settings {SERVICE}_URL, {SERVICE}_TIMEOUT_SECONDS, SERVICE_*).</summary>
public sealed record ServiceClientOptions
{
    /// <summary>Base address of the service, such as http://127.0.0.1:8023.</summary>
    public string BaseAddress { get; set; } = "";

    /// <summary>Seconds for a whole call, retries included.</summary>
    [Range(0.1, 200, ErrorMessage = "The service's ..._TIMEOUT_SECONDS must be from {1} to {2}.")]
    public double TimeoutSeconds { get; set; } = 10;

    /// <summary>How often a GET is tried again.</summary>
    [Range(0, 5, ErrorMessage = "SERVICE_RETRIES must be from {1} to {2}.")]
    public int Retries { get; set; } = 2;

    /// <summary>Calls within the sampling time below which the circuit stays closed.</summary>
    [Range(2, 10_000, ErrorMessage = "SERVICE_BREAKER_MINIMUM_CALLS must be from {1} to {2}.")]
    public int BreakerMinimumCalls { get; set; } = 10;

    /// <summary>Seconds over which failures are counted.</summary>
    [Range(0.5, 600, ErrorMessage = "SERVICE_BREAKER_SAMPLING_SECONDS must be from {1} to {2}.")]
    public double BreakerSamplingSeconds { get; set; } = 30;

    /// <summary>Seconds for which the open circuit refuses calls.</summary>
    [Range(0.5, 600, ErrorMessage = "SERVICE_BREAKER_SECONDS must be from {1} to {2}.")]
    public double BreakerSeconds { get; set; } = 30;
}
