using PhoneNumbers;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>Phone numbers are kept in E.164, by Google's libphonenumber.</summary>
internal static class PhoneNumber
{
    // Numbers written without a country are of the product's home.
    private const string Home = "ID";

    /// <exception cref="ProblemException">400 <c>INVALID_PHONE</c>.</exception>
    public static string? Normalize(string? typed) => string.IsNullOrWhiteSpace(typed)
        ? null
        : TryNormalize(typed) ?? throw ProblemException.Invalid(
            "phone", "INVALID_PHONE", "This is not a phone number. Write it with its country code, such as +62 812 3456 7890.");

    /// <summary>The number in E.164, or null when there is no such number.</summary>
    public static string? TryNormalize(string typed)
    {
        var numbers = PhoneNumberUtil.GetInstance();
        try
        {
            var number = numbers.Parse(typed, Home);
            return numbers.IsValidNumber(number) ? numbers.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            // The library has no other way to say that it is none.
            return null;
        }
    }
}
