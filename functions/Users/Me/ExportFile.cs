using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Me;

/// <summary>One service's part of an export: its first page, and how to get the next.</summary>
internal sealed record ExportPart(
    string Service, Page<PersonalDataRow> First, Func<string, CancellationToken, Task<Page<PersonalDataRow>>> NextAsync);

/// <summary>Writes an export as a JSON download, holding one page in memory. When a service fails in the middle the connection is cut.</summary>
internal sealed class ExportFile(Guid user, DateTimeOffset at, IReadOnlyList<ExportPart> parts) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json";
        response.Headers.ContentDisposition = $"attachment; filename=\"personal-data-{at:yyyy-MM-dd}.json\"";
        response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(response.Body, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("exportedAt", at);
        writer.WriteString("userId", user);
        foreach (var part in parts)
            await WriteAsync(writer, part, httpContext.RequestAborted);
        writer.WriteEndObject();
    }

    // Rows come in the order of their sources, so each source is one array.
    private static async Task WriteAsync(Utf8JsonWriter writer, ExportPart part, CancellationToken cancellationToken)
    {
        writer.WriteStartObject(part.Service);
        string? source = null;
        for (var page = part.First; ; page = await part.NextAsync(page.Next!, cancellationToken))
        {
            foreach (var row in page.Items)
            {
                if (row.Source != source)
                {
                    if (source is not null)
                        writer.WriteEndArray();
                    writer.WriteStartArray(source = row.Source);
                }

                Write(writer, row.Data);
            }

            await writer.FlushAsync(cancellationToken);
            if (page.Next is null)
                break;
        }

        if (source is not null)
            writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement row)
    {
        writer.WriteStartObject();
        foreach (var column in row.EnumerateObject())
        {
            writer.WritePropertyName(CamelCase(column.Name));
            column.Value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    // Columns are written with underscores, members of our JSON without.
    private static string CamelCase(string column) =>
        string.Concat(column.Split('_').Select((word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
