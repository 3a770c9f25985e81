namespace ServerlessBusiness.Users.Sessions;

/// <summary>How long an account refuses passwords after so many wrong ones in a row.</summary>
internal static class LockoutPolicy
{
    /// <summary>So many wrong passwords cost nothing but themselves.</summary>
    public const int Free = 4;

    /// <summary>So many are forgotten this long after the last.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
    ];

    /// <summary>From the fifth on, growing, and a quarter of an hour from the tenth on.</summary>
    public static TimeSpan DelayAfter(int failures) => failures <= Free ? TimeSpan.Zero : Delays[Math.Min(failures - Free, Delays.Length) - 1];

    /// <summary>How many passwords may be looked at at the same time: as many as could be wrong before the next delay.</summary>
    public static int AtOnce(int failures) => Math.Max(Free + 1 - failures, 1);
}
