using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>Where an app learns the public keys of access tokens from: Users from its own table, the others from Users.</summary>
public interface IPublishedKeySource
{
    Task<IReadOnlyCollection<SecurityKey>> ReadAsync(CancellationToken cancellationToken);
}

internal sealed class KeysOfUsers(IHttpClientFactory clients, IOptions<PublishedKeysOptions> options) : IPublishedKeySource
{
    public const string HttpClientName = "published-keys";

    public async Task<IReadOnlyCollection<SecurityKey>> ReadAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(HttpClientName);
        var set = await client.GetStringAsync(new Uri(new Uri(options.Value.UsersUrl), PublishedKeys.Path), cancellationToken);
        return [.. new JsonWebKeySet(set).GetSigningKeys()];
    }
}
