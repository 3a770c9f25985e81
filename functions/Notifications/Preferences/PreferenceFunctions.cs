using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Notifications.Preferences;

public sealed class PreferenceFunctions(PreferenceStore preferences, Caller caller, TimeProvider time)
{
    [Function("ReadPreferences"), Authenticated, Summary("Reads what the signed-in user wants to be told, and where.")]
    public async Task<Ok<PreferencesView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/preferences")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ViewAsync(cancellationToken));

    [Function("SavePreferences"), Authenticated, Accepts<PreferencesRequest>, Summary("Sets what the signed-in user wants to be told.")]
    public async Task<Ok<PreferencesView>> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/preferences")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = await RequestBody.ReadAsync<PreferencesRequest>(request, cancellationToken);
        wanted.CheckTypes();
        await preferences.SaveAsync(caller.Tenant, caller.RequireUser(), wanted, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(await ViewAsync(cancellationToken));
    }

    private async Task<PreferencesView> ViewAsync(CancellationToken cancellationToken)
    {
        // Who has just registered may ask before the news of him has come; then the defaults hold.
        var known = await preferences.FindAsync(caller.Tenant, caller.RequireUser(), cancellationToken)
            ?? new UserPreferences(Locales.Of(caller.Profile!.Locale), Active: true, "{}", TelegramChatId: null, TelegramBot.Default);
        return new PreferencesView(
            known.Locale, known.Active, TypeSwitches.Read(known.NotificationTypes), new TelegramView(known.TelegramChatId is not null, known.BotAssignment));
    }
}
