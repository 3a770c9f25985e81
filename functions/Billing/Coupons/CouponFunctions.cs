using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Coupons;

public sealed class CouponFunctions(CreateCoupon create, RedeemCoupon redeem, CouponStore coupons, Caller caller)
{
    private const string Write = "invoices:write";

    [Function("CreateCoupon"), Requires(Write), Idempotent, Accepts<CreateCouponRequest>]
    [Summary("Makes a coupon: a percentage or an amount off one, so many or all invoices.")]
    public async Task<Created<CouponView>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/coupons")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CreateCouponRequest>(request, cancellationToken);
        var key = await RequestKey.OfAsync(request, caller.Actor, cancellationToken);
        var view = await create.RunAsync(caller.Tenant, body, key, cancellationToken);
        return TypedResults.Created($"/v1/coupons/{view.Id}", view);
    }

    [Function("ListCoupons"), Requires("invoices:read"), Summary("Lists coupons, newest first.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<CouponView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/coupons")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await coupons.ListAsync(caller.Tenant, page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, CouponView.Of));
    }

    [Function("DeactivateCoupon"), Requires(Write), Summary("Takes a coupon back; who has redeemed it keeps it.")]
    public async Task<Ok<CouponView>> Deactivate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/coupons/{id:guid}/deactivate")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(CouponView.Of(await coupons.DeactivateAsync(caller.Tenant, id, cancellationToken)
            ?? throw ProblemException.NotFound("COUPON_NOT_FOUND", "There is no such coupon.")));

    [Function("RedeemCoupon"), Authenticated, Idempotent, Accepts<RedeemCouponRequest>]
    [Summary("Redeems a coupon for one's next invoices, or with invoices:write for those of another user.")]
    public async Task<Ok<RedemptionView>> Redeem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/coupon-redemptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RedeemCouponRequest>(request, cancellationToken);
        var user = caller.RequireFor(body.UserId, Write, "Redeeming a coupon for somebody else needs invoices:write.", "NOT_YOURS");
        var key = await RequestKey.OfAsync(request, caller.Actor, cancellationToken);
        return TypedResults.Ok(await redeem.RunAsync(caller.Tenant, user, body.Code, body.SubscriptionId, key, cancellationToken));
    }
}
