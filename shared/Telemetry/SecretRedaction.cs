using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace ServerlessBusiness.Shared.Telemetry;

/// <summary>Takes bot tokens, bearer and basic credentials, the keys in links and token-like query values out of a text.</summary>
public static partial class SecretRedaction
{
    public static string Redact(string text)
    {
        if (!MayHoldSecret(text))
            return text;
        text = BotToken().Replace(text, "/bot***");
        text = LinkKey().Replace(text, "$1***");
        text = WebhookToken().Replace(text, "$1***");
        text = ProviderSecret().Replace(text, "$1***");
        text = Credentials().Replace(text, "$1 ***");
        return QueryValue().Replace(text, "$1***");
    }

    // Nearly all texts hold none; this look is cheaper than three expressions.
    private static bool MayHoldSecret(string text) =>
        text.Contains("/bot", StringComparison.OrdinalIgnoreCase) || text.Contains('=') || text.Contains("/v1/pay/", StringComparison.Ordinal) || text.Contains("bearer ", StringComparison.OrdinalIgnoreCase)
        || text.Contains("basic ", StringComparison.OrdinalIgnoreCase) || text.Contains("/v1/documents/", StringComparison.Ordinal)
        || text.Contains("/webhooks/midtrans", StringComparison.OrdinalIgnoreCase) || text.Contains("/v2/pay/account/", StringComparison.Ordinal)
        || text.Contains("/snap/v1/transactions/", StringComparison.Ordinal);

    [GeneratedRegex(@"/bot\d+(:|%3A)[^/\s""'?]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BotToken();

    // Pages and files that are opened without signing in.
    [GeneratedRegex(@"(/v1/(?:pay|documents)/)[A-Za-z0-9_-]{40,}", RegexOptions.CultureInvariant)]
    private static partial Regex LinkKey();

    // The second proof of a notification, as the last part of its address.
    [GeneratedRegex(@"(/webhooks/midtrans(?:-token|/[A-Za-z0-9_-]{1,50})/)(?!\{)[^/?#\s""']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WebhookToken();

    // A linked wallet and a hosted page, as Midtrans' addresses name them.
    [GeneratedRegex(@"(/v2/pay/account/|/snap/v1/transactions/)[^/?#\s""']+", RegexOptions.CultureInvariant)]
    private static partial Regex ProviderSecret();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[A-Za-z0-9\-._~+/]{8,}=*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"([?&][^=&#\s]*(?:token|secret|password|signature|code|key)[^=&#\s]*=)[^&#\s""']+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QueryValue();

    internal sealed class OfSpans : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            data.DisplayName = Redact(data.DisplayName);
            if (data.StatusDescription is { } description)
                data.SetStatus(data.Status, Redact(description));
            foreach (var (name, value) in data.TagObjects.ToArray())
                if (value is string text && Redact(text) is var clean && !ReferenceEquals(clean, text))
                    data.SetTag(name, clean);
        }
    }

    internal sealed class OfLogs : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data)
        {
            if (data.FormattedMessage is { } message)
                data.FormattedMessage = Redact(message);
            if (data.Body is { } body)
                data.Body = Redact(body);
            if (data.Attributes is { } attributes)
                data.Attributes = [.. attributes.Select(pair => new KeyValuePair<string, object?>(pair.Key, Clean(pair.Value)))];
        }

        // An address is logged as an object and turned into text only by the exporter.
        private static object? Clean(object? value) => value is string or Uri ? Redact(value.ToString()!) : value;
    }
}
