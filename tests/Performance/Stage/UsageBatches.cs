using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace ServerlessBusiness.Tests.Performance.Stage;

// Batches of usage events, written before anything is measured: a fifth of each is sent for the second time.
internal sealed class UsageBatches
{
    public const int Size = 500;
    private const int Repeated = Size / 5;

    private readonly List<(Guid Id, DateTime At)> rows = [];

    public UsageBatches(int count, Guid[] users, DateTimeOffset now)
    {
        var previous = new List<string>();
        for (var batch = 0; batch < count; batch++)
        {
            var fresh = new List<string>();
            for (var number = previous.Count == 0 ? 0 : Repeated; number < Size; number++)
                fresh.Add(Event(users[rows.Count % users.Length], now.AddSeconds(-(rows.Count % 3600))));
            Bodies.Add(Encoding.UTF8.GetBytes($"{{\"events\":[{string.Join(',', previous.Take(Repeated).Concat(fresh))}]}}"));
            previous = fresh;
        }
    }

    public List<byte[]> Bodies { get; } = [];

    /// <summary>How many different events there are.</summary>
    public int Fresh => rows.Count;

    /// <summary>The least that keeping the same rows can be: binary COPY of as many at a time into a table with one index.</summary>
    public async Task CopyAsync(string connectionString, int writers, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync, cancellationToken)));

        async Task WriteAsync()
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancellationToken);
            for (var chunk = Interlocked.Increment(ref next); chunk * Size < rows.Count; chunk = Interlocked.Increment(ref next))
            {
                await using var copy = await connection.BeginBinaryImportAsync(
                    "copy public.bare_usage (tenant_id, id, feature, quantity, at) from stdin (format binary)", cancellationToken);
                foreach (var (id, at) in rows.Skip(chunk * Size).Take(Size))
                {
                    await copy.StartRowAsync(cancellationToken);
                    await copy.WriteAsync("default", NpgsqlDbType.Text, cancellationToken);
                    await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
                    await copy.WriteAsync("apiCalls", NpgsqlDbType.Text, cancellationToken);
                    await copy.WriteAsync(1L, NpgsqlDbType.Bigint, cancellationToken);
                    await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellationToken);
                }

                await copy.CompleteAsync(cancellationToken);
            }
        }
    }

    public static string Event(Guid user, DateTimeOffset at, Guid? id = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"id\":\"{id ?? Guid.NewGuid()}\",\"userId\":\"{user}\",\"feature\":\"apiCalls\",\"timestamp\":\"{at:yyyy-MM-ddTHH:mm:ssZ}\",\"durationMs\":12,\"responseBytes\":512}}");

    private string Event(Guid user, DateTimeOffset at)
    {
        var id = Guid.NewGuid();
        rows.Add((id, at.UtcDateTime));
        return Event(user, at, id);
    }
}
