namespace ServerlessBusiness.Simulators.Midtrans;

// One POST of a notification and what the merchant's server said. No status means that no answer came; Note tells why.
public sealed record NotificationAttempt(
    string OrderId, string? Url, int Attempt, int? Status, string? Note, double TookMs, DateTimeOffset At, string Body);
