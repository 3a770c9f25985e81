using System.Text.RegularExpressions;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Notifications;
using ServerlessBusiness.Payments;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Subscriptions;
using ServerlessBusiness.Users.Me;

namespace ServerlessBusiness.Tests.Unit.Architecture;

/// <summary>A person's export holds every table that knows whose its rows are.</summary>
public sealed partial class PersonalDataTests
{
    private static readonly string[] LeftOut =
    [
        // Hashes of what he was given once.
        "one_time_tokens", "recovery_codes", "telegram_link_tokens",
        // The name stands in his account.
        "usernames",
        // A sealed token until the provider has it back.
        "wallet_unlinks",
        // The sums of his credit entries.
        "credit_balances",
    ];

    private static readonly Dictionary<string, IReadOnlyList<PersonalDataSource>> Sources = new()
    {
        ["users"] = UsersPersonalData.Sources,
        ["subscriptions"] = SubscriptionsPersonalData.Sources,
        ["payments"] = PaymentsPersonalData.Sources,
        ["notifications"] = NotificationsPersonalData.Sources,
        ["billing"] = BillingPersonalData.Sources,
    };

    [Theory]
    [InlineData("users")]
    [InlineData("subscriptions")]
    [InlineData("payments")]
    [InlineData("notifications")]
    [InlineData("billing")]
    public void Every_table_with_a_user_is_exported_or_left_out_for_a_reason(string service)
    {
        var schema = File.ReadAllText(Path.Combine(Codebase.Root, "shared/Migrations/postgres", service, "schema.sql"));
        var exported = string.Join('\n', Sources[service].Select(source => source.Sql));
        var tables = Table().Matches(schema).Where(table => table.Value.Contains("\n    user_id uuid")).Select(table => table.Groups[1].Value).ToList();

        Assert.NotEmpty(tables);
        Assert.All(tables.Except(LeftOut), table => Assert.Matches($@"\b(from|join) {table}\b", exported));
    }

    [GeneratedRegex(@"^create table (\w+) \(\n.*?^\);", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();
}
