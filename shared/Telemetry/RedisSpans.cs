using System.Diagnostics;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Spans for Redis commands, made from the client's profiler: the command's name, never its keys or values.</summary>
public static class RedisSpans
{
    private static readonly AsyncLocal<ProfilingSession?> Current = new();

    /// <summary>Lets the connection report its commands; without a recorded invocation around them that costs one null check.</summary>
    public static void ObserveCommands(this IConnectionMultiplexer redis) => redis.RegisterProfiler(() => Current.Value);

    internal static IDisposable? Begin(Activity invocation)
    {
        if (!invocation.Recorded)
            return null;
        var session = Current.Value = new ProfilingSession();
        return new Report(session, invocation);
    }

    private sealed class Report(ProfilingSession session, Activity invocation) : IDisposable
    {
        public void Dispose()
        {
            Current.Value = null;
            foreach (var command in session.FinishProfiling())
            {
                using var span = ServiceTelemetry.Source.StartActivity(
                    command.Command, ActivityKind.Client, invocation.Context, startTime: command.CommandCreated);
                if (span is null)
                    continue;
                span.SetTag("db.system.name", "redis");
                span.SetTag("db.operation.name", command.Command);
                span.SetTag("db.namespace", command.Db.ToString());
                span.SetEndTime(command.CommandCreated + command.ElapsedTime);
            }
        }
    }
}
