using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Performance.Probes;

// A functions app like ours with the probes in it, in which the middleware may end early.
internal static class ProbeApp
{
    public const string Role = "--probe";

    /// <summary>How many of the middlewares, counted from the outside, are in the pipeline.</summary>
    public const string DepthSetting = "PROBE_DEPTH";

    /// <summary>Telemetry, problems and tenant.</summary>
    public const int UpToTenant = 3;

    /// <summary>All of them.</summary>
    public static int Whole => Middleware.Length;

    private static readonly (string Name, Action<FunctionsApplicationBuilder> Use)[] Middleware =
    [
        ("telemetry", builder => builder.UseMiddleware<TelemetryMiddleware>()),
        ("problems", builder => builder.UseMiddleware<ProblemMiddleware>()),
        ("tenant", builder => builder.UseMiddleware<TenantMiddleware>()),
        ("authentication", builder => builder.UseMiddleware<AuthenticationMiddleware>()),
        ("permission", builder => builder.UseMiddleware<PermissionMiddleware>()),
        ("rate limit", builder => builder.UseMiddleware<RateLimitMiddleware>()),
        ("idempotency", builder => builder.UseMiddleware<IdempotencyMiddleware>()),
    ];

    public static IEnumerable<string> Names => Middleware.Select(one => one.Name);

    public static Dictionary<string, string?> Depth(int depth) => new() { [DepthSetting] = depth.ToString(CultureInfo.InvariantCulture) };

    public static Task RunAsync(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        builder.AddServiceDefaults(ServiceIdentity.Users);
        var depth = int.Parse(builder.Configuration[DepthSetting]!, CultureInfo.InvariantCulture);
        foreach (var (_, use) in Middleware.Take(depth))
            use(builder);
        builder.Services.AddSingleton<PlainUsers>().AddSingleton<RelayMeter>();
        return builder.Build().RunAsync();
    }
}
