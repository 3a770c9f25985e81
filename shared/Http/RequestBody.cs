using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// Reads a JSON request body: at most 256 KB within ten seconds, more of both where a route allows it, no unknown members, validated by the
/// attributes of its record.
/// </summary>
public static class RequestBody
{
    public const int MaxBytes = 256 * 1024;

    private static readonly object BufferKey = new();

    // What the caller may do was looked at before: it must not be long ago when his body is here.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="ProblemException">400, 408, 413 or 415, saying what is wrong.</exception>
    public static Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken) where T : notnull =>
        ReadAsync<T>(request, MaxBytes, cancellationToken);

    /// <inheritdoc cref="ReadAsync{T}(HttpRequest, CancellationToken)"/>
    /// <param name="mayHoldNul">Whoever reads it refuses texts with U+0000 himself.</param>
    /// <param name="options">Instead of those of all APIs.</param>
    public static async Task<T> ReadAsync<T>(
        HttpRequest request, int limit, CancellationToken cancellationToken, bool mayHoldNul = false, JsonSerializerOptions? options = null)
        where T : notnull
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media) || !media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
        if (media.Charset.HasValue && !HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(415, "UNSUPPORTED_MEDIA_TYPE", "JSON is UTF-8. Send the body in it, or leave the charset out.");

        var bytes = await BytesAsync(request, limit, cancellationToken);
        T? value;
        try
        {
            value = JsonSerializer.Deserialize<T>(bytes.Span, options ?? ApiJson.Options);
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }

        if (value is null)
            throw ProblemException.Invalid("INVALID_JSON", "The body is null; an object is expected.");

        if (!mayHoldNul)
            RefuseNul(bytes.Span);
        Validate(value);
        return value;
    }

    /// <summary>The body's bytes, read once and kept for whoever asks again during this request.</summary>
    /// <exception cref="ProblemException">413 when there are more than <paramref name="limit"/>, 408 when they do not come in time.</exception>
    public static Task<ReadOnlyMemory<byte>> BytesAsync(HttpRequest request, int limit, CancellationToken cancellationToken) =>
        BytesAsync(request, limit, PatienceFor(limit), cancellationToken);

    // Where a route allows more, a slow line may take as much longer.
    internal static TimeSpan PatienceFor(int limit) => Patience * Math.Max(1, (double)limit / MaxBytes);

    internal static async Task<ReadOnlyMemory<byte>> BytesAsync(
        HttpRequest request, int limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Items.TryGetValue(BufferKey, out var kept))
            return (ReadOnlyMemory<byte>)kept!;
        if (request.ContentLength > limit)
            throw TooLarge(limit);

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[8192];
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isWaiting = false;
        try
        {
            int read;
            while ((read = await NextAsync()) > 0)
            {
                if (buffer.Length + read > limit)
                    throw TooLarge(limit);
                buffer.Write(chunk, 0, read);
            }
        }
        catch (OperationCanceledException) when (patient.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TooSlow();
        }

        ReadOnlyMemory<byte> bytes = buffer.ToArray();
        request.HttpContext.Items[BufferKey] = bytes;
        return bytes;

        // What is here already is never late: the time runs from the first wait on.
        ValueTask<int> NextAsync()
        {
            var next = request.Body.ReadAsync(chunk, patient.Token);
            if (!next.IsCompleted && !isWaiting)
            {
                isWaiting = true;
                patient.CancelAfter(patience);
            }

            return next;
        }
    }

    /// <summary>408: the body came too slowly, or not at all.</summary>
    internal static ProblemException TooSlow() =>
        new(StatusCodes.Status408RequestTimeout, "BODY_TOO_SLOW", "The body did not come in time. Send all of it at once.");

    // PostgreSQL stores every character but this one. In JSON it can only stand as its escape. Passwords are hashed and never stored.
    private static void RefuseNul(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\u0000"u8) < 0)
            return;

        var reader = new Utf8JsonReader(body);
        var isPassword = false;
        while (reader.Read())
        {
            var text = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? TextOf(reader) : "";
            if (reader.TokenType == JsonTokenType.PropertyName)
                isPassword = text.EndsWith("password", StringComparison.OrdinalIgnoreCase);
            else if (isPassword)
                continue;
            if (text.Contains('\0'))
                throw ProblemException.Invalid("INVALID_TEXT", "A text holds the character U+0000, which cannot be stored. Leave it out.");
        }
    }

    // Values that are taken as they come, such as variables, were not read as texts yet.
    private static string TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ProblemException.Invalid("INVALID_TEXT", "A text holds half of a surrogate pair, which is no character.");
        }
    }

    private static void Validate(object value)
    {
        var errors = Failures(value, path: "")
            .GroupBy(error => error.Field)
            .ToDictionary(group => group.Key, group => group.Select(error => error.Sentence).ToArray());
        if (errors.Count > 0)
            throw NotValid(errors);
    }

    // The validator looks at one object; records inside it, also those in lists, are looked at one by one.
    private static IEnumerable<(string Field, string Sentence)> Failures(object value, string path)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        var own =
            from result in results
            from name in result.MemberNames.DefaultIfEmpty("")
            select (path + JsonNamingPolicy.CamelCase.ConvertName(name), result.ErrorMessage!);
        var inner =
            from property in value.GetType().GetProperties()
            where property.GetIndexParameters().Length == 0
            from failure in PartFailures(property.GetValue(value), path + JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            select failure;
        return own.Concat(inner);
    }

    private static IEnumerable<(string Field, string Sentence)> PartFailures(object? part, string path) => part switch
    {
        null or string or IDictionary => [],
        IEnumerable list => list.Cast<object?>().SelectMany((item, index) => item is null
            ? [($"{path}[{index}]", "An element may not be null.")]
            : PartFailures(item, $"{path}[{index}]")),
        _ when part.GetType().Namespace?.StartsWith("ServerlessBusiness", StringComparison.Ordinal) == true && part.GetType().IsClass => Failures(part, path + "."),
        _ => [],
    };

    /// <summary>What a caller is told of JSON that cannot be read. The parser's own message names our types; the path and the place are what he can use.</summary>
    public static ProblemException Malformed(JsonException exception)
    {
        var field = exception.Path?.TrimStart('$').TrimStart('.') ?? "";
        if (exception.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return Field(field, "UNKNOWN_MEMBER", "This member is not known here.");
        if (exception.Message.Contains("uplicate", StringComparison.Ordinal))
            return Field(field, "DUPLICATE_MEMBER", "This member appears twice.");
        if (exception.Message.StartsWith(TimeWithOffset.Missing, StringComparison.Ordinal))
            return Field(field, "TIME_WITHOUT_OFFSET", "Write a time with its offset, such as 2026-03-05T00:10:00Z.");
        if (exception.Message.Contains("could not be converted", StringComparison.Ordinal))
            return Field(field, "WRONG_TYPE", "This member has the wrong type.");
        if (exception.Message.Contains("null value", StringComparison.Ordinal))
            return Field(field, "NULL_MEMBER", "This member may not be null; leave it out instead.");
        if (exception.Message.Split("missing required properties including:") is [_, var names])
            return Missing(field, names);
        // The parser wraps what it could not read as JSON. Everything else is a converter's own sentence about a value, such as money.
        if (exception.InnerException is not JsonException)
            return Field(field, "INVALID_VALUE", exception.Message);
        return ProblemException.Invalid("INVALID_JSON", $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");
    }

    // Each of the names is in quotes.
    private static ProblemException Missing(string field, string names) => NotValid(names.Split('\'').Where((_, place) => place % 2 == 1)
        .ToDictionary(name => field.Length == 0 ? name : $"{field}.{name}", _ => new[] { "This member is required." }));

    private static ProblemException NotValid(Dictionary<string, string[]> errors) =>
        new(400, "VALIDATION_FAILED", "Some fields are not valid; errors says which.") { Errors = errors };

    private static ProblemException Field(string field, string code, string sentence) =>
        new(400, code, $"{(field.Length == 0 ? "The body" : $"'{field}'")}: {sentence}") { Errors = new Dictionary<string, string[]> { [field] = [sentence] } };

    private static ProblemException TooLarge(int limit) => new(413, "BODY_TOO_LARGE", $"The body is larger than {limit / 1024} KB.");
}
