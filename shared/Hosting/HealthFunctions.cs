using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Is the process alive, can it work, and how is everything it depends on.</summary>
public sealed class HealthFunctions(HealthCheckService checks, ServiceIdentity service)
{
    private static readonly string Version =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    [Function("HealthLive"), Anonymous(NeedsTenant = false), Summary("Says that the process runs.")]
    public Ok<LiveReport> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        TypedResults.Ok(new LiveReport(service.Name, "alive"));

    [Function("HealthReady"), Anonymous(NeedsTenant = false), Summary("Says whether every dependency answers, and how fast.")]
    [AlsoAnswers(StatusCodes.Status503ServiceUnavailable, typeof(ReadyReport))]
    public async Task<JsonHttpResult<ReadyReport>> Ready(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = ReadyReport.From(service.Name, await checks.CheckHealthAsync(cancellationToken));
        return TypedResults.Json(report, statusCode: report.HttpStatus);
    }

    [Function("Health"), Anonymous(NeedsTenant = false), Summary("Sums the service up: version, uptime, memory and dependencies.")]
    [AlsoAnswers(StatusCodes.Status503ServiceUnavailable, typeof(SummaryReport))]
    public async Task<JsonHttpResult<SummaryReport>> Summary(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var ready = ReadyReport.From(service.Name, await checks.CheckHealthAsync(cancellationToken));
        var report = new SummaryReport(
            ready.Service, ready.Status, Version, (long)Stopwatch.GetElapsedTime(ServiceDefaults.StartedAt).TotalSeconds, Environment.WorkingSet >> 20, ready.Dependencies);
        return TypedResults.Json(report, statusCode: ready.HttpStatus);
    }
}
