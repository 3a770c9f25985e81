using System.Collections.Immutable;

namespace ServerlessBusiness.Simulators.Midtrans;

// Where the notifications of one charge go: the dashboard's URL unless headers of the charge replace it or add to it.
static class NotificationTargets
{
    const int Most = 3;

    public static ImmutableArray<string> Of(HttpRequest request, Merchant merchant)
    {
        var replaced = Read(request, "X-Override-Notification");
        if (!replaced.IsEmpty)
            return replaced;
        var added = Read(request, "X-Append-Notification");
        return merchant.NotificationUrl is { } dashboard ? added.Insert(0, dashboard) : added;
    }

    static ImmutableArray<string> Read(HttpRequest request, string header) =>
    [
        .. request.Headers[header].ToString()
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out var target) && target.Scheme is "http" or "https")
            .Take(Most)
    ];
}
