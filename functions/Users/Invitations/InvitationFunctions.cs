using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Invitations;

public sealed class InvitationFunctions(Invite invite, AcceptInvitation accept, InvitationStore invitations, Caller caller)
{
    [Function("InviteUser"), Requires("invitations:write"), Idempotent, Accepts<InviteRequest>, Summary("Invites somebody with a role, by mail, for seven days.")]
    public async Task<Created<Invitation>> Invite(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invitations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var sent = await invite.RunAsync(caller, await RequestBody.ReadAsync<InviteRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.Created($"/v1/invitations/{sent.Id}", sent);
    }

    [Function("ListInvitations"), Requires("invitations:read"), Summary("Lists the tenant's invitations, newest first.")]
    [Query("cursor", typeof(string), "The page after the one that gave it.")]
    [Query("limit", typeof(int), "1 to 100 invitations.")]
    public async Task<Ok<Page<Invitation>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invitations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await invitations.ListAsync(caller.Tenant, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => row));
    }

    [Function("RevokeInvitation"), Requires("invitations:write"), Summary("Takes an open invitation back.")]
    public async Task<NoContent> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/invitations/{invitation:guid}")] HttpRequest request, Guid invitation,
        CancellationToken cancellationToken)
    {
        await invite.RevokeAsync(caller, invitation, cancellationToken);
        return TypedResults.NoContent();
    }

    [Function("AcceptInvitation"), Anonymous, Idempotent, RateLimitClass("auth"), Accepts<AcceptInvitationRequest>]
    [Summary("Opens the account somebody was invited to.")]
    public async Task<Created<UserView>> Accept(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/auth/invitations/accept")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<AcceptInvitationRequest>(request, cancellationToken);
        return TypedResults.Created("/v1/me", await accept.RunAsync(caller, body, cancellationToken));
    }
}
