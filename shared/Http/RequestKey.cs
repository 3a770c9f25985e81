using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// The key that a caller gave his request, for the row that comes of it. What the middleware keeps is lost when the caller leaves or the process dies
/// between the commit and the answer; this commits with what was asked for.
/// </summary>
/// <param name="Hash">Of who asked for what: of caller, path and content.</param>
public sealed record RequestKey(string Value, byte[] Hash)
{
    /// <summary>Names one request for all of its repetitions, in 64 hexadecimal digits. The same key for other content names another one.</summary>
    public string Name => Convert.ToHexStringLower(SHA256.HashData([.. Hash, .. Encoding.UTF8.GetBytes(Value)]));

    /// <summary>Null when the caller gave none.</summary>
    public static async Task<RequestKey?> OfAsync(HttpRequest request, string actor, CancellationToken cancellationToken) =>
        request.Headers[IdempotencyMiddleware.Header].ToString() is { Length: > 0 } key
            ? Of(key, actor, request.Path, await RequestBody.BytesAsync(request, RequestBody.MaxBytes, cancellationToken))
            : null;

    internal static RequestKey Of(string key, string actor, string path, ReadOnlyMemory<byte> body) =>
        new(key, SHA256.HashData((byte[])[.. Encoding.UTF8.GetBytes($"{actor}|{path}"), 0, .. CanonicalJson.Of(body)]));

    /// <exception cref="ProblemException">422 when what stands under the key was asked for by another request.</exception>
    public void RequireSame(byte[] hash)
    {
        if (!Hash.AsSpan().SequenceEqual(hash))
            throw Reused();
    }

    public static ProblemException Reused() => ProblemException.Unprocessable(
        "IDEMPOTENCY_KEY_REUSED", "This key was used for another request. Take a new key for a new request.");
}
