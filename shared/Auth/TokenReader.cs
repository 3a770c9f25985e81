using Microsoft.IdentityModel.JsonWebTokens;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Takes a token apart without believing a word of it.</summary>
internal static class TokenReader
{
    /// <summary>The token's parts, or null when the text is none.</summary>
    public static JsonWebToken? TryRead(string text)
    {
        try
        {
            return new JsonWebToken(text);
        }
        catch (ArgumentException)
        {
            // Dots in the right places and no JSON between them, or something else that anybody may send.
            return null;
        }
    }
}
