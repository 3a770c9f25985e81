namespace ServerlessBusiness.Shared.Time;

/// <summary>How often something recurs; the value is the number of months.</summary>
public enum Cadence
{
    /// <summary>Each month.</summary>
    Monthly = 1,

    /// <summary>Each year.</summary>
    Yearly = 12,
}
