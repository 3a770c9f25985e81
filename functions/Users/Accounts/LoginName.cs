namespace ServerlessBusiness.Users.Accounts;

/// <summary>E-mail addresses and usernames are compared in one form and shown as they were typed.</summary>
internal static class LoginName
{
    public static string Normalize(string typed) => typed.Trim().ToLowerInvariant();
}
