using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>
/// Something a service holds of a person, for his export: SQL over one of its tables with the parameters <c>@tenant</c> and <c>@user</c>,
/// whose rows have an <c>id</c>. Secrets and their hashes are left out.
/// </summary>
public sealed record PersonalDataSource(string Name, string Sql);

/// <summary>Something a service holds of a person outside its database: what follows a mark, the <c>Next</c> of the page before.</summary>
public sealed record PersonalDataElsewhere(string Name, Func<TenantId, Guid, string?, CancellationToken, Task<Page<JsonElement>>> ReadAsync);

public static class PersonalDataServices
{
    public static IServiceCollection AddPersonalData(this IServiceCollection services, IEnumerable<PersonalDataSource> sources)
    {
        foreach (var source in sources)
            services.AddSingleton(source);
        return services;
    }
}

public sealed record PersonalDataRow(string Source, JsonElement Data);

/// <summary>Lets Users put a person's export together, a page at a time.</summary>
public sealed class PersonalDataFunctions(
    Database database, IEnumerable<PersonalDataSource> sources, IEnumerable<PersonalDataElsewhere> elsewhere, Caller caller)
{
    private const int PageSize = 500;

    // In characters, of which JSON makes up to six bytes each: a page stays well below the longest answer that a service takes.
    private const int PageLength = 256 * 1024;
    private readonly PersonalDataSource[] sources = [.. sources];
    private readonly PersonalDataElsewhere[] elsewhere = [.. elsewhere];

    [Function("ReadPersonalData"), Authenticated, Summary("Lists what this service holds of a user. For our own services.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    public async Task<Ok<Page<PersonalDataRow>>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/personal-data/{user:guid}")] HttpRequest request, Guid user,
        CancellationToken cancellationToken)
    {
        caller.RequireService();
        var (source, after) = Position(request.Query["cursor"]);
        var found = new List<PersonalDataRow>(PageSize);
        var length = 0;
        for (; source < this.sources.Length; source++, after = null)
        {
            var rows = await ReadAsync(this.sources[source], user, IdOf(after), PageSize - found.Count, cancellationToken);
            foreach (var row in rows)
            {
                found.Add(new PersonalDataRow(this.sources[source].Name, JsonElement.Parse(row.Data)));
                length += row.Data.Length;
                if (found.Count == PageSize || length >= PageLength)
                    return TypedResults.Ok(new Page<PersonalDataRow>(found, $"{source}.{row.Id:N}"));
            }
        }

        for (; source < this.sources.Length + this.elsewhere.Length; source++, after = null)
        {
            var other = this.elsewhere[source - this.sources.Length];
            var page = await other.ReadAsync(caller.Tenant, user, after, cancellationToken);
            found.AddRange(page.Items.Select(row => new PersonalDataRow(other.Name, row)));
            if (page.Next is not null)
                return TypedResults.Ok(new Page<PersonalDataRow>(found, $"{source}.{page.Next}"));
        }

        return TypedResults.Ok(new Page<PersonalDataRow>(found, null));
    }

    private async Task<IReadOnlyList<Row>> ReadAsync(
        PersonalDataSource source, Guid user, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            select row.id, row_to_json(row)::text as data
            from ({source.Sql}) as row
            where @after::uuid is null or row.id > @after
            order by row.id
            limit @limit
            """;
        await using var connection = database.Open(caller.Tenant);
        return await connection.QueryAsync<Row>(sql, new { tenant = caller.Tenant, user, after, limit }, cancellationToken);
    }

    private (int Source, string? After) Position(string? cursor)
    {
        if (cursor is null)
            return (0, null);
        var parts = cursor.Split('.', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var source)
            && source < sources.Length + elsewhere.Length
            ? (source, parts[1])
            : throw Foreign();
    }

    private static Guid? IdOf(string? after) =>
        after is null ? null : Guid.TryParseExact(after, "N", out var id) ? id : throw Foreign();

    private static ProblemException Foreign() => ProblemException.Invalid("cursor", "INVALID_CURSOR", "This cursor was not given by this list.");

    private sealed record Row(Guid Id, string Data);
}
