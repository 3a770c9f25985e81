using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Tests.Unit.Shared.Telemetry;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class KeptAnswerTests
{
    [Fact]
    public async Task The_whole_answer_is_kept_for_a_caller_who_has_gone()
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();
        var http = new DefaultHttpContext { RequestServices = services, RequestAborted = caller.Token };
        var context = new TestFunctionContext("Start", http);
        context.GetInvocationResult().Value = TypedResults.Created("/v1/things/1", new { id = 1 });

        var kept = await IdempotencyMiddleware.CaptureAsync(context, http);

        Assert.Equal((201, "/v1/things/1"), ((int)kept.Status, kept.Location));
        Assert.Equal("""{"id":1}""", Encoding.UTF8.GetString(kept.Body));
        Assert.True(http.RequestAborted.IsCancellationRequested);
    }
}
