using Azure.Core;
using StackExchange.Redis.Configuration;

namespace ServerlessBusiness.Shared.Caching;

// Asked for at every connection, so that one which is made again brings the token of its moment. The server ends connections with their
// tokens, about once a day; the next one is there half a second later.
internal sealed class EntraRedisSignIn(TokenCredential credential, string user) : DefaultOptionsProvider
{
    private static readonly string[] Scopes = ["https://redis.azure.com/.default"];

    public override string? User => user;

    public override string? Password => credential.GetToken(new TokenRequestContext(Scopes), CancellationToken.None).Token;
}
