using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.Retry;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// Makes a repeated POST with the same Idempotency-Key give the first answer. The key guards the answer; should a process die between
/// its commit and keeping the answer, the unique keys of the tables guard the money when the request is repeated.
/// </summary>
public sealed partial class IdempotencyMiddleware(
    FunctionCatalog catalog, IdempotencyStore store, IOptions<TokenOptions> options, TimeProvider time, ILogger<IdempotencyMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    public const string Header = "Idempotency-Key";
    internal const int MaxKeyLength = 100;

    // Bodies hold passwords: without a key their hashes could be guessed at from a copy of the table.
    private readonly byte[] fingerprintKey = options.Value.DeriveKey("idempotency");

    // Longer than a database is away when it fails over, shorter than anybody else would leave the key alone.
    private readonly ResiliencePipeline afterOutage = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(exception => exception.IsDatabaseAway()),
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(15),
            MaxRetryAttempts = 20,
        })
        .Build();

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http
            || catalog.Attribute<IdempotentAttribute>(context.FunctionDefinition.Name) is null
            || http.Request.Headers[Header] is not { Count: > 0 } header)
        {
            await next(context);
            return;
        }

        var key = header is [{ Length: > 0 and <= MaxKeyLength } only]
            ? only
            : throw ProblemException.Invalid("INVALID_IDEMPOTENCY_KEY", $"{Header} is one value of 1 to {MaxKeyLength} characters.");
        var caller = context.InstanceServices.GetRequiredService<Caller>();
        var cancellationToken = http.RequestAborted;
        var body = await RequestBody.BytesAsync(http.Request, RequestBody.MaxBytes, cancellationToken);
        var hash = Fingerprint($"{caller.User}|{caller.Service}|{http.Request.Path}", body);

        // Not given up half-way when the caller leaves: nobody would know whether the key was taken. Then the work ends it at once.
        if (await store.ClaimAsync(caller.Tenant, key, hash, time.GetUtcNow(), CancellationToken.None) is not { } claim)
        {
            context.GetInvocationResult().Value = await ReplayAsync(caller, key, hash, http.Response, cancellationToken);
            return;
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await next(context);
        }
        catch
        {
            await InTheEndAsync(() => store.ReleaseAsync(caller.Tenant, key, claim, CancellationToken.None));
            throw;
        }

        // The work is done: from here on the answer is kept even when the caller has gone.
        var answer = await CaptureAsync(context, http);
        await InTheEndAsync(() => store.KeepAsync(caller.Tenant, key, claim, answer, CancellationToken.None));
        context.GetInvocationResult().Value = new KeptResult(answer);
    }

    // What the caller is told must not hang on it: his work is done, or was refused, whatever becomes of the key.
    private async Task InTheEndAsync(Func<Task> settle)
    {
        try
        {
            await settle();
        }
        catch (NpgsqlException exception)
        {
            LogHeld(exception);
            _ = SettleLaterAsync(settle);
        }
    }

    private async Task SettleLaterAsync(Func<Task> settle)
    {
        try
        {
            await afterOutage.ExecuteAsync(async _ => await settle());
        }
        catch (NpgsqlException exception)
        {
            LogLeft(exception, IdempotencyStore.Running);
        }
    }

    private async Task<KeptResult> ReplayAsync(Caller caller, string key, byte[] hash, HttpResponse response, CancellationToken cancellationToken)
    {
        var known = await store.FindAsync(caller.Tenant, key, cancellationToken);
        if (known is not null && !known.RequestHash.AsSpan().SequenceEqual(hash))
            throw ProblemException.Unprocessable("IDEMPOTENCY_KEY_REUSED", "This key was used for another request. Take a new key for a new request.");
        if (known?.Answer is not { } answer)
        {
            throw new ProblemException(409, "IDEMPOTENCY_KEY_IN_USE", "The first request with this key is still running. Ask again shortly.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }

        response.Headers["Idempotent-Replayed"] = "true";
        return new KeptResult(answer);
    }

    // The same content in another order of members is the same request.
    private byte[] Fingerprint(string operation, ReadOnlyMemory<byte> body) =>
        HMACSHA256.HashData(fingerprintKey, (byte[])[.. Encoding.UTF8.GetBytes(operation), 0, .. CanonicalJson.Of(body)]);

    internal static async Task<KeptAnswer> CaptureAsync(FunctionContext context, HttpContext http)
    {
        if (context.GetInvocationResult().Value is not IResult result)
            throw new InvalidOperationException($"{context.FunctionDefinition.Name} is [Idempotent] and must return an IResult.");

        var (output, aborted) = (http.Response.Body, http.RequestAborted);
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        // For a caller who has gone results write nothing, and say nothing of it.
        http.RequestAborted = CancellationToken.None;
        try
        {
            await result.ExecuteAsync(http);
        }
        finally
        {
            (http.Response.Body, http.RequestAborted) = (output, aborted);
        }

        return new KeptAnswer((short)http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.Location, buffer.ToArray());
    }

    [LoggerMessage(LogLevel.Warning, "An idempotency key could not be given back or kept at once; it is tried again.")]
    private partial void LogHeld(Exception exception);

    [LoggerMessage(LogLevel.Error, "An idempotency key is held until {Running} after its claim.")]
    private partial void LogLeft(Exception exception, TimeSpan running);

    private sealed class KeptResult(KeptAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = answer.Status;
            httpContext.Response.ContentType = answer.ContentType;
            httpContext.Response.Headers.Location = answer.Location;
            // A 204 may not write, not even nothing.
            if (answer.Body.Length > 0)
                await httpContext.Response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}
