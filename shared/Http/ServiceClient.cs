using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Polly.CircuitBreaker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// Calls one other service on behalf of a tenant. A refusal (4xx) is thrown as the <see cref="Problems.ProblemException"/> the service meant;
/// no usable answer is a <see cref="ServiceUnavailableException"/>, which says whether the call may have been carried out.
/// </summary>
public sealed class ServiceClient
{
    // Callers must not break when the other service's answer grows a member.
    private static readonly JsonSerializerOptions Answers = new(ApiJson.Options)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
    };

    private readonly ServiceIdentity self;
    private readonly ServiceIdentity target;
    private readonly IHttpClientFactory clients;
    private readonly ServiceToken tokens;

    internal ServiceClient(ServiceIdentity self, ServiceIdentity target, IHttpClientFactory clients, ServiceToken tokens)
    {
        this.self = self;
        this.target = target;
        this.clients = clients;
        this.tokens = tokens;
    }

    /// <summary>Reads; tried again within the time limit when the service fails.</summary>
    public Task<T> GetAsync<T>(TenantId tenant, string path, CancellationToken cancellationToken) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), tenant, cancellationToken);

    /// <summary>Asks for a change, once. Give an idempotency key where the function takes one, so that the caller may repeat it.</summary>
    public Task<TResponse> PostAsync<TRequest, TResponse>(
        TenantId tenant, string path, TRequest body, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: ApiJson.Options) };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return SendAsync<TResponse>(request, tenant, cancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, TenantId tenant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // The breaker takes a call that was cut off for a success, so a caller who leaves leaves it to its own time limit.
        return await CallAsync<T>(request, tenant).WaitAsync(cancellationToken);
    }

    private async Task<T> CallAsync<T>(HttpRequestMessage request, TenantId tenant)
    {
        using var owned = request;
        request.Headers.Add("X-Service-Name", self.Name);
        request.Headers.Add("X-Tenant-ID", tenant.Value);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Create(target.Key));

        using var client = clients.CreateClient(ServiceClients.HttpClientName(target));
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
            if (!response.IsSuccessStatusCode)
                throw await ServiceAnswer.RefusalAsync(target, request.Method, response, CancellationToken.None);

            return await response.Content.ReadFromJsonAsync<T>(Answers, CancellationToken.None)
                ?? throw new JsonException($"{target.Name} answered {request.Method} {request.RequestUri?.AbsolutePath} with null.");
        }
        catch (Exception exception) when (exception is BrokenCircuitException || ServiceAnswer.IsMissing(exception))
        {
            throw ServiceAnswer.Failure(target, request.Method, exception);
        }
    }
}
