using System.Net;
using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

// What the failed call to another service means to the one who made it.
internal static class ServiceAnswer
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    // A connection that does not come about in time is told as cancelled, though nobody has cancelled.
    internal static bool IsMissing(Exception exception) =>
        exception is HttpRequestException or TimeoutRejectedException or TaskCanceledException { InnerException: TimeoutException };

    internal static ServiceUnavailableException Failure(ServiceIdentity target, HttpMethod method, Exception exception)
    {
        var mayHaveHappened = method != HttpMethod.Get && exception switch
        {
            BrokenCircuitException => false,
            // These fail before a byte of the request has left; after that nobody knows.
            TaskCanceledException => false,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => false,
            _ => true,
        };
        return exception switch
        {
            BrokenCircuitException open => new ServiceUnavailableException(
                target.Key, $"{target.Name} has been failing and is left alone for a moment; try again after Retry-After.",
                open.RetryAfter is { } left && left > TimeSpan.Zero ? left : TimeSpan.FromSeconds(1), mayHaveHappened, exception),
            TimeoutRejectedException late => new ServiceUnavailableException(
                target.Key, $"{target.Name} did not answer within {late.Timeout.TotalSeconds:0.#} seconds.", TryAgain, mayHaveHappened, exception),
            _ => new ServiceUnavailableException(target.Key, $"{target.Name} could not be reached.", TryAgain, mayHaveHappened, exception),
        };
    }

    internal static async Task<Exception> RefusalAsync(
        ServiceIdentity target, HttpMethod method, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status >= 500)
        {
            // A gateway's word says nothing about what the service behind it did.
            var gateway = response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;
            return new ServiceUnavailableException(
                target.Key, $"{target.Name} answered {status}.", RetryAfter(response) ?? TryAgain, gateway && method != HttpMethod.Get);
        }

        var problem = await ReadProblemAsync(response, cancellationToken);
        // Our own token was refused: passed on, it would tell a signed-in user to sign in.
        if (status is < 400 or 401 || problem?.Code is null)
            return new InvalidOperationException(
                $"{target.Name} answered {status} {problem?.Code} to {method} {response.RequestMessage?.RequestUri?.AbsolutePath}: "
                + "check that both services share JWT_SECRET and speak the same version.");

        return new ProblemException(status, problem.Code, problem.Detail ?? $"{target.Name} refused the request.")
        {
            Errors = problem.Errors,
            RetryAfter = RetryAfter(response),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        try
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return JsonSerializer.Deserialize<Problem>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // Whatever it is, it is no problem of ours; the caller reports the status.
            return null;
        }
    }

    private sealed record Problem(string? Code, string? Detail, Dictionary<string, string[]>? Errors);
}
