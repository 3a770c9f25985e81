using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Usage;

/// <summary>One of a batch: an event, or why it cannot be one.</summary>
/// <param name="Id">Null where not even that can be read.</param>
public sealed record UsageItem(Guid? Id, UsageEvent? Event, UsageRefusal? Refusal);

/// <summary>Reads a batch. An event that cannot be read is refused alone; the batch is refused only where it is none. Every text of an event has to have
/// a form, and none of these has U+0000 in it.</summary>
public static class UsageBatch
{
    // A thousand events with all their members, written with spaces.
    private const int MaxBytes = 1024 * 1024;

    // What is twice in an event is seen when that is read.
    private static readonly JsonSerializerOptions AsSent = new(ApiJson.Options) { AllowDuplicateProperties = true };

    private sealed record Raw
    {
        [Required, MinLength(1), MaxLength(RecordUsageRequest.MostEvents)]
        public JsonElement[] Events
        {
            get;
            init => field = field.Length == 0 ? value : throw new JsonException("Duplicate events.");
        } = [];
    }

    /// <exception cref="ProblemException">400, 413 or 415, saying what is wrong with the batch.</exception>
    public static async Task<IReadOnlyList<UsageItem>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var batch = await RequestBody.ReadAsync<RecordUsageRequest>(request, MaxBytes, cancellationToken, mayHoldNul: true);
            return [.. batch.Events.Select(usage => new UsageItem(usage.Id, usage, Refusal: null))];
        }
        catch (ProblemException refusal) when (refusal.Errors?.Keys.Any(field => field.StartsWith("events[", StringComparison.Ordinal)) == true)
        {
            // One by one only now, for it takes twice the time.
            var batch = await RequestBody.ReadAsync<Raw>(request, MaxBytes, cancellationToken, mayHoldNul: true, AsSent);
            return [.. batch.Events.Select(Read)];
        }
    }

    private static UsageItem Read(JsonElement item)
    {
        try
        {
            return item.Deserialize<UsageEvent>(ApiJson.Options) is { } usage
                ? new UsageItem(usage.Id, usage, Refusal: null)
                : new UsageItem(Id: null, Event: null, new UsageRefusal("NULL_MEMBER", "An event may not be null."));
        }
        catch (JsonException exception)
        {
            var problem = RequestBody.Malformed(exception);
            return new UsageItem(IdOf(item), Event: null, new UsageRefusal(problem.Code, problem.Message));
        }
    }

    private static Guid? IdOf(JsonElement item)
    {
        try
        {
            return item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && id.TryGetGuid(out var known)
                ? known
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, there or in a name.
            return null;
        }
    }
}
