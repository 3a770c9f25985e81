using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessBusiness.Tests.Performance.Load;

// Each caller has a session of its own and exchanges its refresh token for the next one.
internal sealed class RefreshChains(Uri address, string[] tokens)
{
    public async Task AskAsync(HttpMessageInvoker client, int caller, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(new { refreshToken = tokens[caller] }) };
        using var answer = await client.SendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new LoadException($"A refresh was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        var next = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        tokens[caller] = next.GetProperty("refreshToken").GetString()!;
    }
}
