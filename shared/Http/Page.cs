using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>One page of a list, newest first; <c>Next</c> is the cursor of the following page or null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Which page is asked for. Ids are UUIDv7, so the last id of a page is the place where the next one begins.</summary>
public sealed record PageRequest(Guid? Before, int Limit)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>How many rows to read: one more than shown tells whether there is a next page.</summary>
    public int Fetch => Limit + 1;

    /// <exception cref="ProblemException">400 when cursor or limit cannot be understood.</exception>
    public static PageRequest From(HttpRequest request)
    {
        var limit = LimitOf(request);
        return request.Query.TryGetValue("cursor", out var cursor) ? new PageRequest(Decode(cursor.ToString()), limit) : new PageRequest(null, limit);
    }

    /// <summary>How many entries a page of any list shall have.</summary>
    /// <exception cref="ProblemException">400 when it is no number from 1 to <see cref="MaxLimit"/>.</exception>
    public static int LimitOf(HttpRequest request)
    {
        var limit = DefaultLimit;
        if (request.Query.TryGetValue("limit", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
            throw ProblemException.Invalid("limit", "INVALID_LIMIT", $"limit is a number from 1 to {MaxLimit}.");
        return limit;
    }

    /// <summary>Cuts what was fetched to the page and makes its cursor.</summary>
    public Page<TView> Cut<TRow, TView>(IReadOnlyList<TRow> rows, Func<TRow, Guid> id, Func<TRow, TView> view)
    {
        var shown = rows.Take(Limit).ToList();
        var next = rows.Count > Limit ? Base64Url.EncodeToString(id(shown[^1]).ToByteArray(bigEndian: true)) : null;
        return new Page<TView>(shown.ConvertAll(row => view(row)), next);
    }

    private static Guid Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[16];
        return cursor.Length == 22 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var written) && written == 16
            ? new Guid(bytes, bigEndian: true)
            : throw ProblemException.Invalid("cursor", "INVALID_CURSOR", "This cursor was not given by this list.");
    }
}
