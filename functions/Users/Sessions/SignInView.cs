namespace ServerlessBusiness.Users.Sessions;

/// <summary>The tokens of a session; an impersonated one has no refresh token.</summary>
public sealed record TokensView(string AccessToken, string TokenType, int ExpiresIn, string? RefreshToken, Guid SessionId);

/// <summary>Tokens, or the token with which the second factor is given to <c>/v1/auth/mfa</c>.</summary>
public sealed record SignInView(
    string? AccessToken, string? TokenType, int ExpiresIn, string? RefreshToken, Guid? SessionId, bool MfaRequired, string? MfaToken)
{
    public static SignInView Of(TokensView tokens) =>
        new(tokens.AccessToken, tokens.TokenType, tokens.ExpiresIn, tokens.RefreshToken, tokens.SessionId, MfaRequired: false, null);

    public static SignInView Ask(string mfaToken, TimeSpan life) => new(null, null, (int)life.TotalSeconds, null, null, MfaRequired: true, mfaToken);
}
