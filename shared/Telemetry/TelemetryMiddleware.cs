using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Gives every invocation a span and a duration, named and tagged by OpenTelemetry's conventions for HTTP and FaaS.
/// It goes first, so that whatever fails further in is measured as the failure it is answered with.</summary>
public sealed class TelemetryMiddleware(FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    // The boundaries that the convention advises for this metric; the exporter's own are in milliseconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private static readonly Histogram<double> RequestDuration = ServiceTelemetry.Meter.CreateHistogram(
        "http.server.request.duration", "s", "Duration of HTTP server requests.", tags: null, Seconds);

    private static readonly Histogram<double> InvokeDuration = ServiceTelemetry.Meter.CreateHistogram(
        "faas.invoke_duration", "s", "Duration of timer and message functions.", tags: null, Seconds);

    private static readonly FunctionRoute Unknown = new(null, "other");

    private readonly FrozenDictionary<string, FunctionRoute> routes = FunctionRoute.Of(catalog);

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var route = routes.GetValueOrDefault(context.FunctionDefinition.Name, Unknown);
        return context.GetHttpContext() is { } http ? ServeAsync(context, next, http, route) : RunAsync(context, next, route);
    }

    private static async Task ServeAsync(FunctionContext context, FunctionExecutionDelegate next, HttpContext http, FunctionRoute route)
    {
        // The web server's own activity is not exported: as a parent it would leave a hole in the trace.
        Activity.Current = null;
        ActivityContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers.TraceState, isRemote: true, out var caller);
        using var activity = ServiceTelemetry.Start($"{http.Request.Method} {route.Template}", ActivityKind.Server, caller);
        using var redis = RedisSpans.Begin(activity);
        if (activity.IsAllDataRequested)
            TagRequest(activity, context, http.Request, route);

        var started = Stopwatch.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        string? error = null;
        try
        {
            await next(context);
            status = StatusOf(context, http.Response);
            error = status >= 500 ? status.ToString() : null;
        }
        catch (Exception exception)
        {
            error = exception.GetType().FullName;
            throw;
        }
        finally
        {
            activity.SetTag("http.response.status_code", status);
            Finish(activity, error);
            if (RequestDuration.Enabled)
                RequestDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, Tags(
                    error,
                    new("http.request.method", http.Request.Method),
                    new("url.scheme", http.Request.Scheme),
                    new("http.route", route.Template),
                    new("http.response.status_code", status)));
        }
    }

    private static async Task RunAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionRoute route)
    {
        Activity.Current = null;
        var name = context.FunctionDefinition.Name;
        using var activity = ServiceTelemetry.Start(name, ActivityKind.Internal, parent: default);
        using var redis = RedisSpans.Begin(activity);
        if (activity.IsAllDataRequested)
            TagInvocation(activity, context, route);

        var started = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            error = exception.GetType().FullName;
            throw;
        }
        finally
        {
            Finish(activity, error);
            if (InvokeDuration.Enabled)
                InvokeDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, Tags(
                    error, new("faas.name", name), new("faas.trigger", route.Trigger)));
        }
    }

    // Neither the query nor any header but the agent's is recorded: they carry tokens.
    private static void TagRequest(Activity activity, FunctionContext context, HttpRequest request, FunctionRoute route)
    {
        TagInvocation(activity, context, route);
        activity.SetTag("http.request.method", request.Method);
        activity.SetTag("http.route", route.Template);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value);
        activity.SetTag("server.address", request.Host.Host);
        activity.SetTag("server.port", request.Host.Port);
        activity.SetTag("network.protocol.version", request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal));
        activity.SetTag("user_agent.original", request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null);
    }

    private static void TagInvocation(Activity activity, FunctionContext context, FunctionRoute route)
    {
        activity.SetTag("faas.name", context.FunctionDefinition.Name);
        activity.SetTag("faas.trigger", route.Trigger);
        activity.SetTag("faas.invocation_id", context.InvocationId);
    }

    // The type only: messages of exceptions quote addresses and input.
    private static void Finish(Activity activity, string? error)
    {
        if (error is null)
            return;
        activity.SetTag("error.type", error);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    private static TagList Tags(string? error, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var list = new TagList(tags);
        if (error is not null)
            list.Add("error.type", error);
        return list;
    }

    // The result is written only after all middleware has returned, so its status is not yet in the response.
    private static int StatusOf(FunctionContext context, HttpResponse response)
    {
        if (response.HasStarted)
            return response.StatusCode;

        var result = context.GetInvocationResult().Value;
        while (result is INestedHttpResult union)
            result = union.Result;
        return result switch
        {
            IStatusCodeHttpResult { StatusCode: { } status } => status,
            IStatusCodeActionResult { StatusCode: { } status } => status,
            _ => response.StatusCode,
        };
    }
}
