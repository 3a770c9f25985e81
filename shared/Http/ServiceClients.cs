using System.Collections.Concurrent;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Http;

/// <summary>The other services this app calls, each behind its own time limit and circuit breaker.</summary>
public sealed class ServiceClients(ServiceIdentity self, IHttpClientFactory clients, ServiceToken tokens)
{
    private readonly ConcurrentDictionary<ServiceIdentity, ServiceClient> known = new();

    /// <summary>The client of a service that the app registered with <c>AddServiceClients</c>.</summary>
    public ServiceClient To(ServiceIdentity target) => known.GetOrAdd(target, service => new ServiceClient(self, service, clients, tokens));

    internal static string HttpClientName(ServiceIdentity target) => "service-" + target.Key;
}
