using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>The names under which all five services trace and measure.</summary>
public static class ServiceTelemetry
{
    public const string Name = "ServerlessBusiness";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    /// <summary>Marks the running request or message with its tenant; to be called once the tenant is known to be real.</summary>
    public static void SetTenant(TenantId tenant)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
            activity.SetTag("tenant.id", tenant.Value);
    }

    // An activity is started even when nobody records it: answers, logs and messages carry its trace id all the same.
    internal static Activity Start(string name, ActivityKind kind, ActivityContext parent, ActivityContext link = default)
    {
        if (Source.StartActivity(name, kind, parent, links: link == default ? null : [new ActivityLink(link)]) is { } recorded)
            return recorded;

        var bare = new Activity(name) { IsAllDataRequested = false };
        if (parent != default)
            bare.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        return bare.Start();
    }
}
