namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Why a notification was not sent, for programs (<c>reason_code</c>).</summary>
internal static class Reasons
{
    public const string Expired = "expired";
    public const string Muted = "muted";
    public const string QuietHours = "quiet_hours";
    public const string Unreachable = "unreachable";
    public const string UnknownUser = "unknown_user";
    public const string RecipientGone = "recipient_gone";
    public const string ChatClosed = "chat_closed";
    public const string Rejected = "rejected";
    public const string UnknownOutcome = "unknown_outcome";
    public const string AttemptsUsed = "attempts_used";
    public const string BrokenOff = "broken_off";
    public const string Unreadable = "unreadable";
    public const string NothingToTell = "nothing_to_tell";
    public const string Cancelled = "cancelled";
    public const string Forgotten = "forgotten";

    public const string SenderDied = "Its sender died before it could say what became of the call.";

    /// <summary>Given up because nobody knew whether it had arrived.</summary>
    public static readonly string[] InDoubt = [UnknownOutcome, BrokenOff];
}
