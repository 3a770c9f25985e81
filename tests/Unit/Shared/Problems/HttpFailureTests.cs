using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Shared.Telemetry;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Unit.Shared.Problems;

public sealed class HttpFailureTests
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", 503, "DEPENDENCY_UNAVAILABLE")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", 503, "DEPENDENCY_UNAVAILABLE")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.", 503, "DEPENDENCY_UNAVAILABLE")]
    [InlineData("BUSY Redis is busy running a script.", 503, "DEPENDENCY_UNAVAILABLE")]
    [InlineData("BUSYKEY Target key name already exists.", 500, "INTERNAL_ERROR")]
    [InlineData("ERR wrong number of arguments", 500, "INTERNAL_ERROR")]
    public async Task A_Redis_that_cannot_now_is_away(string said, int status, string code)
    {
        var http = await AnswerAsync(new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, said));

        Assert.Equal((status, code), (http.Response.StatusCode, CodeOf(http)));
        Assert.Equal(status == 503, http.Response.Headers.RetryAfter.Count == 1);
    }

    [Theory]
    [InlineData(408, "BODY_TOO_SLOW")]
    [InlineData(413, "BODY_TOO_LARGE")]
    [InlineData(400, "BAD_REQUEST")]
    public async Task What_the_server_refuses_to_read_is_answered_like_what_we_refuse(int status, string code)
    {
        var http = await AnswerAsync(new BadHttpRequestException("It cannot be read.", status));

        Assert.Equal((status, code), (http.Response.StatusCode, CodeOf(http)));
    }

    private static async Task<HttpContext> AnswerAsync(Exception failure)
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        var middleware = new ProblemMiddleware(TimeProvider.System, NullLogger<ProblemMiddleware>.Instance);
        await middleware.Invoke(new TestFunctionContext("Ask", http), _ => Task.FromException(failure));
        return http;
    }

    private static string? CodeOf(HttpContext http)
    {
        http.Response.Body.Position = 0;
        return (string?)JsonNode.Parse(http.Response.Body)!["code"];
    }
}
