using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessBusiness.Simulators.Midtrans;

sealed record PayAccount(string Id, string MerchantId, string Phone, string State, string OptionToken);

// Wallets that their owners link: pending until he consents at the activation link, then charged without his hand. Says when one has changed.
sealed class PayAccounts(Action changed)
{
    readonly ConcurrentDictionary<string, PayAccount> _accounts = new();

    public static void Map(RouteGroupBuilder core, WebApplication app, MidtransSimulator simulator)
    {
        core.MapPost("/pay/account", (HttpContext context, CancellationToken cancellationToken) =>
            simulator.PayAccounts.LinkAsync(context, simulator.BaseAddress, cancellationToken));
        core.MapGet("/pay/account/{id}", (HttpContext context, string id) => Describe(simulator.PayAccounts.Find(context, id), "200", simulator.BaseAddress));
        core.MapPost("/pay/account/{id}/unbind", (HttpContext context, string id) => simulator.PayAccounts.Unbind(context, id));
        app.MapGet("/link/{id}", (string id) => simulator.PayAccounts.TryEnable(id)
            ? Results.Text("The wallet is linked.")
            : Results.NotFound());
    }

    // What a charge with account_id and payment_option_token takes: the token of the moment, once.
    public bool TryPay(Merchant merchant, string? accountId, string? optionToken)
    {
        if (accountId is null || !_accounts.TryGetValue(accountId, out var account) || account.MerchantId != merchant.MerchantId
            || account.State != "ENABLED" || account.OptionToken != optionToken)
            return false;
        return TryUpdate(account, account with { OptionToken = $"{Guid.NewGuid()}" });
    }

    public bool TryEnable(string id) => _accounts.TryGetValue(id, out var account) && TryUpdate(account, account with { State = "ENABLED" });

    public void Restore(PayAccount account) => _accounts[account.Id] = account;

    public IReadOnlyList<PayAccount> Snapshot() => [.. _accounts.Values];

    public void Clear()
    {
        _accounts.Clear();
        changed();
    }

    bool TryUpdate(PayAccount seen, PayAccount next)
    {
        var isDone = _accounts.TryUpdate(seen.Id, next, seen);
        if (isDone)
            changed();
        return isDone;
    }

    async Task<MidtransAnswer> LinkAsync(HttpContext context, Uri host, CancellationToken cancellationToken)
    {
        var request = await MidtransJson.ReadAsync<LinkRequest>(context.Request, cancellationToken);
        if (request is not { PaymentType: "gopay", GopayPartner: { PhoneNumber.Length: > 0, CountryCode.Length: > 0 } partner })
            throw MidtransRefusal.Invalid("payment_type must be gopay", "gopay_partner needs phone_number and country_code");
        var merchant = context.Features.GetRequiredFeature<Merchant>();
        var account = new PayAccount($"{Guid.NewGuid()}", merchant.MerchantId, partner.PhoneNumber, "PENDING", $"{Guid.NewGuid()}");
        Restore(account);
        changed();
        return Describe(account, "201", host);
    }

    MidtransAnswer Unbind(HttpContext context, string id)
    {
        var account = Find(context, id);
        _accounts.TryRemove(account.Id, out _);
        changed();
        return new MidtransAnswer(new JsonObject { ["status_code"] = "204", ["status_message"] = "Success, account is unbound", ["account_id"] = id });
    }

    PayAccount Find(HttpContext context, string id) =>
        _accounts.TryGetValue(id, out var account) && account.MerchantId == context.Features.GetRequiredFeature<Merchant>().MerchantId
            ? account
            : throw new MidtransRefusal(404, "Account doesn't exist.");

    static MidtransAnswer Describe(PayAccount account, string code, Uri host)
    {
        var body = new JsonObject
        {
            ["status_code"] = code,
            ["payment_type"] = "gopay",
            ["account_id"] = account.Id,
            ["account_status"] = account.State
        };
        if (account.State == "PENDING")
            body["actions"] = new JsonArray(new JsonObject
            {
                ["name"] = "activation-link-url",
                ["method"] = "GET",
                ["url"] = new Uri(host, $"link/{account.Id}").ToString()
            });
        else
            body["metadata"] = new JsonObject
            {
                ["payment_options"] = new JsonArray(new JsonObject
                {
                    ["name"] = "GOPAY_WALLET",
                    ["active"] = true,
                    ["balance"] = new JsonObject { ["value"] = "8000000.00", ["currency"] = "IDR" },
                    ["token"] = account.OptionToken
                })
            };
        return new MidtransAnswer(body);
    }

    sealed record LinkRequest(string? PaymentType, Partner? GopayPartner);

    sealed record Partner(string? PhoneNumber, string? CountryCode, string? RedirectUrl);
}
