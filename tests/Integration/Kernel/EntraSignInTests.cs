using Azure.Core;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Connections that sign in with a token; the server here takes one that is the role's password.</summary>
public sealed class EntraSignInTests(StackFixture stack)
{
    [Fact]
    public async Task Each_connection_signs_in_with_the_token_of_its_moment()
    {
        await using var database = await stack.CreateDatabaseAsync();
        var credential = new IssuedTokens { Token = "not a token" };
        var connection = new NpgsqlConnectionStringBuilder(database.AppConnectionString("billing")) { Password = null, Pooling = false }.ConnectionString;
        await using var source = EntraSignIn.Open(connection, credential);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => source.OpenConnectionAsync().AsTask());
        credential.Token = LocalSettings.EnginePassword;
        await using var accepted = await source.OpenConnectionAsync();

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal("billing_app", await accepted.ExecuteScalarAsync<string>("select current_user"));
        Assert.All(credential.Scopes, scope => Assert.Equal("https://ossrdbms-aad.database.windows.net/.default", scope));
    }

    private sealed class IssuedTokens : TokenCredential
    {
        public string Token { get; set; } = "";

        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return new AccessToken(Token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
