using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.TelegramChats;

public sealed class TelegramFunctions(CreateTelegramLink createLink, TakeUpdate takeUpdate, TelegramBots bots, Caller caller)
{
    public const string SecretHeader = "X-Telegram-Bot-Api-Secret-Token";

    [Function("CreateTelegramLink"), Authenticated, Summary("Makes a link that ties the signed-in user's Telegram chat to the account.")]
    public async Task<Ok<TelegramLinkView>> CreateLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telegram/links")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await createLink.RunAsync(caller.Tenant, caller.RequireUser(), cancellationToken));

    [Function("ReceiveTelegramUpdate"), Anonymous(NeedsTenant = false), AcceptsForeignJson, Summary("Takes an update from Telegram.")]
    public async Task<Ok> Receive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telegram/webhook/{bot}")] HttpRequest request, string bot,
        CancellationToken cancellationToken)
    {
        // An unknown bot is answered as a wrong secret is: from outside there is nothing to learn.
        if (bots.Find(bot) is not { } known || request.Headers[SecretHeader] is not [var secret] || !known.IsSecret(secret))
            throw ProblemException.Unauthenticated("INVALID_SECRET", "This is not a call of our bot's webhook.");

        var body = await RequestBody.BytesAsync(request, RequestBody.MaxBytes, cancellationToken);
        await takeUpdate.RunAsync(known, UpdateBody.Read(body.Span), cancellationToken);
        return TypedResults.Ok();
    }
}
