using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Notifications.Preferences;

public sealed class PreferenceFunctions(PreferenceStore preferences, TelegramLinkStore links, Caller caller, TimeProvider time)
{
    [Function("ReadPreferences"), Authenticated, Summary("Reads what the signed-in user wants to be told, when and where.")]
    public async Task<Ok<PreferencesView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/preferences")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ViewAsync(cancellationToken));

    [Function("SavePreferences"), Authenticated, Accepts<PreferencesRequest>, Summary("Sets what the signed-in user wants to be told, when and where.")]
    public async Task<Ok<PreferencesView>> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/preferences")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = await RequestBody.ReadAsync<PreferencesRequest>(request, cancellationToken);
        wanted.Check();
        await preferences.SaveAsync(caller.Tenant, caller.RequireUser(), wanted, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(await ViewAsync(cancellationToken));
    }

    private async Task<PreferencesView> ViewAsync(CancellationToken cancellationToken)
    {
        var user = caller.RequireUser();
        // Who has just registered may ask before the news of him has come; then the defaults hold.
        var known = await preferences.FindAsync(caller.Tenant, user, cancellationToken)
            ?? UserPreferences.Initial(Locales.Of(caller.Profile!.Locale), TelegramBot.Default);
        var link = BotChoice.Of(known.BotAssignment, await links.ListActiveAsync(caller.Tenant, user, cancellationToken));
        return new PreferencesView(
            known.Locale, known.Active, TypeSwitches.Read(known.NotificationTypes), TypeSwitches.ReadChannels(known.ChannelSwitches),
            known.TimeZone ?? caller.Profile!.TimeZone,
            known is { QuietFrom: { } from, QuietTo: { } to } ? new QuietHoursView(from, to) : null, known.Digest, known.DigestAt,
            new TelegramView(link is not null, link?.Bot ?? known.BotAssignment, link is not null && link.Bot != known.BotAssignment ? known.BotAssignment : null));
    }
}
