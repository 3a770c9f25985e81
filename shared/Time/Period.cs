namespace ServerlessBusiness.Shared.Time;

/// <summary>A stretch of time in UTC: from <see cref="Start"/> on, up to but without <see cref="End"/>.</summary>
public readonly record struct Period
{
    /// <summary>Throws <see cref="ArgumentException"/> when a bound is not UTC or the end is not after the start.</summary>
    public Period(DateTimeOffset start, DateTimeOffset end)
    {
        if (start.Offset != TimeSpan.Zero || end.Offset != TimeSpan.Zero)
            throw new ArgumentException($"A period runs in UTC, but was given {start:O} to {end:O}.");
        if (end <= start)
            throw new ArgumentException($"A period must end after it starts, but was given {start:O} to {end:O}.");

        Start = start;
        End = end;
    }

    /// <summary>The first moment inside.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The first moment after.</summary>
    public DateTimeOffset End { get; }

    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>Whether the moment lies inside; the end does not.</summary>
    public bool Contains(DateTimeOffset moment) => moment >= Start && moment < End;

    /// <summary>Whether the two share any moment; periods that only touch do not.</summary>
    public bool Overlaps(Period other) => Start < other.End && other.Start < End;
}
