using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Reconciliation;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Shared.Telemetry;

// Stands in front of the functions of Payments. Listens to the process's one source and meter, so nothing else may run meanwhile.
[Collection(nameof(ListeningTests))]
public sealed class TelemetryMiddlewareTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private readonly List<Activity> spans = [];
    private readonly TelemetryMiddleware middleware = new(new FunctionCatalog(typeof(ReconcileTimer).Assembly));
    private ActivityListener? listener;

    [Fact]
    public async Task A_request_is_named_by_method_and_route_and_continues_the_callers_trace()
    {
        Listen();
        var context = Request("GET", "/v1/payments/0199f3f0-0000-7000-8000-000000000000?token=geheim");

        await middleware.Invoke(context, next =>
        {
            ServiceTelemetry.SetTenant(TenantId.Parse("acme"));
            next.GetInvocationResult().Value = TypedResults.Created("/v1/payments/0199f3f0-0000-7000-8000-000000000000");
            return Task.CompletedTask;
        });

        var span = Assert.Single(spans);
        Assert.Equal("GET /v1/payments/{id:guid}", span.DisplayName);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(TraceId, span.TraceId.ToString());
        Assert.Equal("b7ad6b7169203331", span.ParentSpanId.ToString());
        Assert.Equal("/v1/payments/{id:guid}", span.GetTagItem("http.route"));
        Assert.Equal(201, span.GetTagItem("http.response.status_code"));
        Assert.Equal("acme", span.GetTagItem("tenant.id"));
        Assert.Equal("http", span.GetTagItem("faas.trigger"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("geheim", StringComparison.Ordinal) == true);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task Without_a_listener_the_trace_still_reaches_answers_and_messages()
    {
        string? seen = null;
        await middleware.Invoke(Request("GET", "/v1/payments/0199f3f0-0000-7000-8000-000000000000"), _ =>
        {
            seen = MessageActivity.CurrentTraceParent;
            return Task.CompletedTask;
        });
        Assert.StartsWith($"00-{TraceId}-", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_without_a_traceparent_do_not_share_a_trace()
    {
        using var outer = new Activity("web server").Start();
        var traces = new List<ActivityTraceId>();
        for (var i = 0; i < 2; i++)
        {
            await middleware.Invoke(Request("GET", "/v1/payments/0199f3f0-0000-7000-8000-000000000000", traceParent: null), _ =>
            {
                traces.Add(Activity.Current!.TraceId);
                return Task.CompletedTask;
            });
        }

        Assert.Equal(2, traces.Distinct().Count());
        Assert.DoesNotContain(outer.TraceId, traces);
        Assert.Same(outer, Activity.Current);
    }

    [Fact]
    public async Task A_failure_is_marked_with_its_type_and_not_with_its_words()
    {
        Listen();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => middleware.Invoke(Request("GET", "/v1/payments/0199f3f0-0000-7000-8000-000000000000"), _ => throw new InvalidOperationException("password geheim")));

        var span = Assert.Single(spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("System.InvalidOperationException", span.GetTagItem("error.type"));
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
        Assert.Null(span.StatusDescription);
        Assert.Empty(span.Events);
    }

    [Fact]
    public async Task The_duration_is_measured_in_seconds_by_route_and_status()
    {
        var measured = new List<(double Value, Dictionary<string, object?> Tags)>();
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ServiceTelemetry.Name && instrument.Name == "http.server.request.duration")
                self.EnableMeasurementEvents(instrument);
        };
        meter.SetMeasurementEventCallback<double>((_, value, tags, _) => measured.Add((value, new(tags.ToArray()))));
        meter.Start();

        await middleware.Invoke(Request("GET", "/v1/payments/0199f3f0-0000-7000-8000-000000000000"), context =>
        {
            context.GetHttpContext()!.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        var (duration, labels) = Assert.Single(measured);
        Assert.InRange(duration, 0, 5);
        Assert.Equal(503, labels["http.response.status_code"]);
        Assert.Equal("/v1/payments/{id:guid}", labels["http.route"]);
        Assert.Equal("503", labels["error.type"]);
    }

    [Fact]
    public async Task A_timer_is_named_by_its_function()
    {
        Listen();
        await middleware.Invoke(new TestFunctionContext("ReconcileCharges"), _ => Task.CompletedTask);
        var span = Assert.Single(spans);
        Assert.Equal("ReconcileCharges", span.DisplayName);
        Assert.Equal("timer", span.GetTagItem("faas.trigger"));
    }

    public void Dispose() => listener?.Dispose();

    private void Listen()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServiceTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
    }

    private static TestFunctionContext Request(string method, string path, string? traceParent = $"00-{TraceId}-b7ad6b7169203331-01")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Path = path.Split('?')[0];
        http.Request.QueryString = new QueryString(path.Contains('?', StringComparison.Ordinal) ? "?" + path.Split('?')[1] : "");
        http.Request.Headers.TraceParent = traceParent;
        return new TestFunctionContext("ReadPayment", http);
    }
}
