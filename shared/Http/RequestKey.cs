using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing;

/// <summary>
/// The key that a caller gave his request, for the row that comes of it. What the middleware keeps is lost when the caller leaves or the process dies
/// between the commit and the answer; this commits with the money.
/// </summary>
public sealed record RequestKey(string Value, byte[] Hash)
{
    /// <summary>Null when the caller gave none.</summary>
    public static async Task<RequestKey?> OfAsync(HttpRequest request, string actor, CancellationToken cancellationToken)
    {
        if (request.Headers[IdempotencyMiddleware.Header].ToString() is not { Length: > 0 } key)
            return null;
        var body = await RequestBody.BytesAsync(request, RequestBody.MaxBytes, cancellationToken);
        return new RequestKey(key, SHA256.HashData((byte[])[.. Encoding.UTF8.GetBytes($"{actor}|{request.Path}"), 0, .. CanonicalJson.Of(body)]));
    }

    /// <exception cref="ProblemException">422 when what stands under the key was asked for by another request.</exception>
    public void RequireSame(byte[] hash)
    {
        if (!Hash.AsSpan().SequenceEqual(hash))
            throw Reused();
    }

    public static ProblemException Reused() => ProblemException.Unprocessable(
        "IDEMPOTENCY_KEY_REUSED", "This key was used for another request. Take a new key for a new request.");
}
