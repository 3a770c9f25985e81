using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Preferences;

public sealed record UnsubscribedView(string Type, bool Unsubscribed);

/// <summary>The link at the end of mails. Only a POST changes anything: mail programs follow links by themselves (RFC 8058).</summary>
public sealed class UnsubscribeFunctions(PreferenceStore preferences, UnsubscribeToken tokens, TimeProvider time)
{
    [Function("ShowUnsubscription"), Anonymous(NeedsTenant = false), Query("token", typeof(string), "The token of the mail's link.")]
    [Summary("Tells what a mail's unsubscribe link is for; a POST to it unsubscribes.")]
    public Ok<UnsubscribedView> Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/unsubscribe")] HttpRequest request) =>
        TypedResults.Ok(new UnsubscribedView(Read(request).Type, Unsubscribed: false));

    [Function("Unsubscribe"), Anonymous(NeedsTenant = false), Query("token", typeof(string), "The token of the mail's link.")]
    [Summary("Mutes the kind of notification that the mail was of.")]
    public async Task<Ok<UnsubscribedView>> Unsubscribe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/unsubscribe")] HttpRequest request, CancellationToken cancellationToken)
    {
        var whose = Read(request);
        if (TemplateCatalog.Types.GetValueOrDefault(whose.Type)?.CanBeMuted != true)
            throw ProblemException.Conflict("NOTIFICATION_TYPE_MANDATORY", "Notifications of this kind are always sent.");
        await preferences.MuteAsync(whose.Tenant, whose.User, whose.Type, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new UnsubscribedView(whose.Type, Unsubscribed: true));
    }

    private Unsubscription Read(HttpRequest request) => tokens.Read(request.Query["token"])
        ?? throw ProblemException.NotFound("UNKNOWN_UNSUBSCRIBE_LINK", "This is not the link of one of our mails.");
}
