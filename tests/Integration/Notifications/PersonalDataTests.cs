using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Integration.Broker;

namespace ServerlessBusiness.Tests.Integration.Notifications;

[Collection(nameof(NotificationsDesk))]
public sealed class PersonalDataTests(NotificationsDesk desk)
{
    [Fact]
    public async Task A_persons_chats_and_symbols_are_exported_each_once_over_all_pages()
    {
        var (user, chat) = await desk.NewUserAsync();
        var (other, _) = await desk.NewUserAsync();
        await desk.LinkAsync(user, chat, "premium");
        await desk.QueryAsync<int>(
            """
            insert into notification_management.symbol_subscriptions (tenant_id, symbol, user_id, created_at)
            select 'default', 'EXPORT-' || n, @user, now() from generate_series(1, 505) as n
            union all select 'default', 'EXPORT-OF-ANOTHER', @other, now()
            """,
            new { user, other });
        var rows = await ExportAsync(user);

        Assert.Equal(
            [$"default {chat}", $"premium {chat}"],
            Of(rows, "telegram_chats").Select(row => $"{row["bot"]} {row["chat_id"]}").Order(StringComparer.Ordinal));
        Assert.Equal(
            Enumerable.Range(1, 505).Select(number => $"EXPORT-{number}").Order(StringComparer.Ordinal),
            Of(rows, "symbols").Select(row => (string)row["symbol"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_person_is_told_by_which_address_name_and_language_he_is_known()
    {
        var (user, _) = await desk.NewUserAsync(hasChat: false, locale: "id");
        await desk.QueryAsync<int>(
            "update notification_management.user_notification_preferences set first_name = 'Budi' where user_id = @user", new { user });

        var known = Assert.Single(Of(await ExportAsync(user), "preferences"));

        Assert.Equal(
            (NotificationsDesk.Address(user), "Budi", "id"), ((string?)known["email"], (string?)known["first_name"], (string?)known["locale"]));
    }

    private async Task<List<JsonNode>> ExportAsync(Guid user)
    {
        var secret = new TokenOptions { Secret = desk.Settings["JWT_SECRET"]! };
        var token = new ServiceToken(Options.Create(secret), ServiceIdentity.Users, new MovableClock(desk.Now)).Create(ServiceIdentity.Notifications.Key);
        using var users = desk.Apps.Client(FunctionApp.Notifications, accessToken: token);
        var rows = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await users.GetFromJsonAsync<JsonNode>($"v1/personal-data/{user}{(cursor.Length > 0 ? $"?cursor={cursor}" : "")}"))!;
            rows.AddRange(page["items"]!.AsArray().Select(row => row!));
            cursor = (string?)page["next"];
        }

        return rows;
    }

    private static IEnumerable<JsonNode> Of(List<JsonNode> rows, string source) =>
        rows.Where(row => (string?)row["source"] == source).Select(row => row["data"]!);
}
