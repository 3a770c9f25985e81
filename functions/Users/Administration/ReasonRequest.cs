using System.ComponentModel.DataAnnotations;

namespace ServerlessBusiness.Users.Administration;

public sealed record ReasonRequest
{
    /// <summary>For the audit log.</summary>
    [Required, StringLength(500, MinimumLength = 3)]
    public string Reason { get; init; } = "";
}
