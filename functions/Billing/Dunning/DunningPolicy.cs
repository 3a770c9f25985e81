using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>How a tenant goes after what is overdue, in days after the due date.</summary>
public sealed record DunningPolicy
{
    public static readonly DunningPolicy Default = new() { RetryDays = [1, 3, 7], SuspendAfterDays = 14, WriteOffAfterDays = 60 };

    /// <summary>When the saved method is charged again and the payer told.</summary>
    [Required, MaxLength(10)]
    public int[] RetryDays { get; init; } = [];

    /// <summary>When what the invoice pays for stops.</summary>
    [Range(1, 365)]
    public int SuspendAfterDays { get; init; }

    /// <summary>When nobody is asked any more. Should it be paid later, it is paid all the same.</summary>
    [Range(2, 730)]
    public int WriteOffAfterDays { get; init; }

    /// <summary>The days on which something is done. The first one marks the invoice overdue and tells its payer.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Days => [.. RetryDays.Append(1).Append(SuspendAfterDays).Append(WriteOffAfterDays).Distinct().Order()];

    /// <exception cref="ProblemException">400 when the days contradict each other.</exception>
    public DunningPolicy Checked()
    {
        if (RetryDays.Any(day => day is < 1 or > 365) || !RetryDays.SequenceEqual(RetryDays.Distinct().Order()))
            throw ProblemException.Invalid("retryDays", "RETRY_DAYS_NOT_VALID", "retryDays are days from 1 to 365, each later than the one before.");
        return WriteOffAfterDays > SuspendAfterDays && RetryDays.All(day => day < WriteOffAfterDays)
            ? this
            : throw ProblemException.Invalid("writeOffAfterDays", "WRITE_OFF_TOO_EARLY", "An invoice is written off after everything else.");
    }
}
