using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Profiles;

public sealed class BillingProfileFunctions(
    BillingProfiles profiles, BillingProfileStore store, PutBillingProfile putBillingProfile, Caller caller, BillingTime time)
{
    private const string Route = "v1/billing-profile";
    private const string Change = "invoices:settings";

    [Function("ReadBillingProfile"), Requires("invoices:read"), Summary("How the tenant appears on its documents, and the ways to pay it offers.")]
    public async Task<Ok<BillingProfileView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(BillingProfileView.Of(await profiles.GetAsync(caller.Tenant, cancellationToken)));

    [Function("PutBillingProfile"), Requires(Change), Accepts<PutBillingProfileRequest>, Summary("Changes it for the documents to come.")]
    public async Task<Ok<BillingProfileView>> Put(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PutBillingProfileRequest>(request, cancellationToken);
        return TypedResults.Ok(await putBillingProfile.RunAsync(caller.Tenant, body, cancellationToken));
    }

    [Function("ReadBillingLogo"), Requires("invoices:read"), Answers("image/png"), Summary("The picture at the head of documents.")]
    public async Task<FileContentHttpResult> ReadLogo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/logo")] HttpRequest request, CancellationToken cancellationToken)
    {
        var profile = await profiles.GetAsync(caller.Tenant, cancellationToken);
        var logo = profile.LogoId is { } id ? await store.FindLogoAsync(caller.Tenant, id, cancellationToken) : null;
        return logo is null
            ? throw ProblemException.NotFound("LOGO_NOT_FOUND", "There is no logo.")
            : TypedResults.File(logo.Bytes, logo.MediaType);
    }

    [Function("PutBillingLogo"), Requires(Change), Accepts<PutLogoRequest>, Summary("Takes a PNG or JPEG of at most 100 KB as the head of documents.")]
    public async Task<Ok<BillingProfileView>> PutLogo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route + "/logo")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PutLogoRequest>(request, cancellationToken);
        return TypedResults.Ok(await putBillingProfile.PutLogoAsync(caller.Tenant, body, cancellationToken));
    }

    [Function("DeleteBillingLogo"), Requires(Change), Summary("Leaves the picture out of the documents to come.")]
    public async Task<NoContent> DeleteLogo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/logo")] HttpRequest request, CancellationToken cancellationToken)
    {
        await store.RemoveLogoAsync(caller.Tenant, time.GetUtcNow(), cancellationToken);
        return TypedResults.NoContent();
    }
}
