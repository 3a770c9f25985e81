using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Messaging;
using StackExchange.Redis;

namespace ServerlessBusiness.Shared.Problems;

/// <summary>
/// Answers every failure of an HTTP function as RFC 9457 problem+json. Failures of timers and messages pass on to the host,
/// which retries, redelivers and in the end dead-letters them; those of a message for which something was away pass on after a while.
/// </summary>
public sealed partial class ProblemMiddleware(TimeProvider time, ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private const string Message = "serviceBusTrigger";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    // A server that answers, but not now: it loads, fails over, has lost its cluster, is full, cannot write to its disk or runs a long script.
    private static readonly string[] NotNow =
        ["LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "NOREPLICAS", "MISCONF", "BUSY "];

    private readonly ListenerPatience patience = new();

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            if (context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == Message))
                await ListenAsync(context, next);
            else
                await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for this answer any more.
            http.Abort();
        }
        catch (Exception exception)
        {
            // A result that was there already must not be written behind the problem.
            context.GetInvocationResult().Value = null;
            await AnswerAsync(http, Translate(exception, context.FunctionDefinition.Name));
        }
    }

    private async Task ListenAsync(FunctionContext context, FunctionExecutionDelegate next)
    {
        var function = context.FunctionDefinition.Name;
        try
        {
            await next(context);
            patience.Works(function);
        }
        catch (Exception exception) when (IsRedisAway(exception) || exception.IsDatabaseAway())
        {
            LogDependency(exception, function, IsRedisAway(exception) ? "Redis" : "PostgreSQL");
            await Task.Delay(patience.Fails(function, time.GetUtcNow()), time, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static bool IsRedisAway(Exception exception) =>
        exception is RedisConnectionException or RedisTimeoutException
        || (exception is RedisServerException said && NotNow.Any(word => said.Message.StartsWith(word, StringComparison.Ordinal)));

    private ProblemException Translate(Exception exception, string function)
    {
        switch (exception)
        {
            case ProblemException problem:
                return problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ProblemException(413, "BODY_TOO_LARGE", "The body is larger than this service takes.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return RequestBody.TooSlow();
            case BadHttpRequestException bad:
                return new ProblemException(bad.StatusCode, "BAD_REQUEST", "The request could not be read.");
            case ServiceUnavailableException unavailable:
                LogDependency(exception, function, unavailable.Service);
                return ProblemException.Unavailable("SERVICE_UNAVAILABLE", unavailable.Message, unavailable.RetryAfter);
            case var _ when IsRedisAway(exception):
                LogDependency(exception, function, "Redis");
                return ProblemException.DependencyAway();
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }:
                return ProblemException.Invalid("INVALID_TEXT", "A text holds a character that cannot be stored, such as U+0000. Leave it out.");
            case var _ when exception.IsDatabaseAway():
                LogDependency(exception, function, "PostgreSQL");
                return ProblemException.DependencyAway();
            default:
                LogFailure(exception, function);
                return new ProblemException(500, "INTERNAL_ERROR", "Something went wrong on our side. The trace id helps us find it.");
        }
    }

    /// <summary>Writes the answer; once output has begun there is nothing left to say and the connection is cut.</summary>
    public static async Task AnswerAsync(HttpContext http, ProblemException problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = problem.Status;
        problem.TellWait(http.Response);
        if (problem.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = "Bearer";

        var answer = new Answer(
            "about:blank", Title(problem.Status), problem.Status, problem.Code, problem.Message,
            Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier, problem.Errors);
        await http.Response.WriteAsJsonAsync(answer, Json, "application/problem+json", http.RequestAborted);
    }

    private static string Title(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);

    [LoggerMessage(LogLevel.Error, "{Function} failed.")]
    private partial void LogFailure(Exception exception, string function);

    [LoggerMessage(LogLevel.Warning, "{Function} could not reach {Dependency}.")]
    private partial void LogDependency(Exception exception, string function, string dependency);

    private sealed record Answer(
        string Type, string Title, int Status, string Code, string Detail, string TraceId, IReadOnlyDictionary<string, string[]>? Errors);
}
