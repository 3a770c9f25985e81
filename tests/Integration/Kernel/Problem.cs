using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>A refusal as RFC 9457 wants it and as ours are: with a code, a trace id, and nothing of our insides.</summary>
internal static partial class Problem
{
    private static readonly string[] Insides =
    [
        "ServerlessBusiness", "System.", "Npgsql", "StackExchange", "Exception", "   at ", ".cs:", "select ", "insert ", "127.0.0.1",
        "local-development",
    ];

    public static async Task<JsonNode> AssertAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)status} {code} was expected, but it is {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal((int)status, (int?)problem["status"]);
        Assert.Matches(TraceId(), (string?)problem["traceId"]);
        Assert.EndsWith(".", (string?)problem["detail"]);
        AssertNoInsides(text);
        return problem;
    }

    public static void AssertNoInsides(string text) =>
        Assert.DoesNotContain(Insides, word => text.Contains(word, StringComparison.Ordinal));

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex TraceId();
}
