using ServerlessBusiness.Billing.Documents;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>A page that needs nothing but itself.</summary>
public sealed record Page(string Locale, string Title, Html Body)
{
    public int Status { get; init; } = 200;

    /// <summary>After so many seconds a browser without scripts looks again.</summary>
    public int? RefreshSeconds { get; init; }

    /// <summary>Where else pictures may come from.</summary>
    public string? PictureOrigin { get; init; }
}
