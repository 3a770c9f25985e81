using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Requests;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Templates;

public sealed class TemplateFunctions(Database database, TenantTexts texts, TemplateOverrideStore overrides, Caller caller, TimeProvider time)
{
    [Function("ListNotificationTypes"), Authenticated, Summary("Lists the kinds of notifications with their variables and texts.")]
    public async Task<Ok<Page<TypeView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/notification-types")] HttpRequest request, CancellationToken cancellationToken)
    {
        var views = new List<TypeView>();
        foreach (var type in TemplateCatalog.Types.Values)
            views.Add(await ViewAsync(type, cancellationToken));
        return TypedResults.Ok(new Page<TypeView>(views, null));
    }

    [Function("SaveTemplate"), Requires("templates:write"), Accepts<TemplateTextRequest>, Summary("Sets the tenant's own text of a kind in one language.")]
    public async Task<Ok<TypeView>> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/notification-types/{name}/texts/{locale}")] HttpRequest request, string name, string locale,
        CancellationToken cancellationToken)
    {
        var type = Known(name);
        var text = (await RequestBody.ReadAsync<TemplateTextRequest>(request, cancellationToken)).Check(type);
        return TypedResults.Ok(await ChangeAsync(type, locale, text, cancellationToken));
    }

    [Function("ResetTemplate"), Requires("templates:write"), Summary("Goes back to our text of a kind in one language.")]
    public async Task<Ok<TypeView>> Reset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/notification-types/{name}/texts/{locale}")] HttpRequest request, string name,
        string locale, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ChangeAsync(Known(name), locale, text: null, cancellationToken));

    [Function("PreviewTemplate"), Requires("templates:read"), Accepts<PreviewRequest>, Summary("Shows a text with values in it, as a chat and a mail would.")]
    public async Task<Ok<PreviewView>> Preview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/notification-types/{name}/preview")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var type = Known(name);
        var wanted = await RequestBody.ReadAsync<PreviewRequest>(request, cancellationToken);
        var zone = LocalTimes.FindZone(wanted.TimeZone ?? caller.Profile!.TimeZone)
            ?? throw ProblemException.Invalid("timeZone", "UNKNOWN_TIME_ZONE", "This is not the IANA name of a time zone; one is 'Asia/Jakarta'.");
        var values = RequestValues.Read(type, wanted.Variables);
        var template = wanted.Draft is { } draft
            ? new VersionedTemplate(draft.Check(type), "draft")
            : await texts.FindAsync(caller.Tenant, type, wanted.Locale, cancellationToken);
        var reader = Reader.Of(wanted.Locale, zone);
        var plain = template.Template.Plain(values, reader);
        return TypedResults.Ok(new PreviewView(plain.Title, plain.Text, template.Template.Html(values, reader), template.Version));
    }

    private async Task<TypeView> ChangeAsync(NotificationType type, string locale, Template? text, CancellationToken cancellationToken)
    {
        if (!Locales.All.Contains(locale))
            throw ProblemException.Invalid("locale", "UNKNOWN_LOCALE", "The locale is 'en' or 'id'.");
        await using (var transaction = await database.BeginAsync(caller.Tenant, cancellationToken))
        {
            await overrides.AddAsync(transaction, type.Name, locale, text, caller.User, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        texts.Forget(caller.Tenant);
        return await ViewAsync(type, cancellationToken);
    }

    private async Task<TypeView> ViewAsync(NotificationType type, CancellationToken cancellationToken)
    {
        var views = new List<TemplateView>();
        foreach (var locale in Locales.All)
        {
            var (template, version) = await texts.FindAsync(caller.Tenant, type, locale, cancellationToken);
            views.Add(new TemplateView(locale, template.Title, template.Text, version));
        }

        return new TypeView(
            type.Name, type.Priority, type.CanBeMuted, type.CanBeRequested, type.Channels, type.WhenUnknown, type.In(Locales.English).Formats, views);
    }

    private static NotificationType Known(string name) => TemplateCatalog.Types.GetValueOrDefault(name)
        ?? throw ProblemException.NotFound("UNKNOWN_NOTIFICATION_TYPE", $"There is no kind of notification called '{name}'.");
}
