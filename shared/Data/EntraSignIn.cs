using Azure.Core;
using Azure.Identity;
using Npgsql;

namespace ServerlessBusiness.Shared.Data;

/// <summary>Opens PostgreSQL with a token of Entra ID in the place of a password.</summary>
public static class EntraSignIn
{
    private static readonly string[] Scopes = ["https://ossrdbms-aad.database.windows.net/.default"];

    /// <summary>A data source whose connections each sign in with the token of that moment; the credential keeps it until shortly before its end.</summary>
    public static NpgsqlDataSource Open(string connectionString, TokenCredential credential)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UsePasswordProvider(
            _ => credential.GetToken(new TokenRequestContext(Scopes), CancellationToken.None).Token,
            async (_, cancellationToken) => (await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellationToken)).Token);
        return builder.Build();
    }

    /// <summary>The identity that runs this process in Azure, by its client id.</summary>
    public static TokenCredential Identity(string clientId) => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));

    /// <summary>A token for the owner's own connection, for tools that take a connection string.</summary>
    public static async Task<string> TokenAsync(TokenCredential credential, CancellationToken cancellationToken) =>
        (await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellationToken)).Token;
}
