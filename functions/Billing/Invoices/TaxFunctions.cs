using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record SetTaxModeRequest
{
    /// <summary>Whether prices contain the tax.</summary>
    [Required]
    public TaxMode? Mode { get; init; }
}

/// <summary>How invoices of a currency made today are taxed.</summary>
public sealed record TaxRuleView(string Currency, decimal Rate, TaxMode Mode);

public sealed record TaxRules(IReadOnlyList<TaxRuleView> Items);

public sealed class TaxFunctions(Database database, TaxStore taxation, BillingTime time, Caller caller)
{
    [Function("ListTaxRules"), Requires("invoices:read"), Summary("Says how invoices that are made today are taxed.")]
    public async Task<Ok<TaxRules>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tax-rules")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ReadAsync(cancellationToken));

    [Function("SetTaxMode"), Requires("invoices:write"), Accepts<SetTaxModeRequest>]
    [Summary("Says whether prices in a currency contain the tax, for invoices made from now on.")]
    public async Task<Ok<TaxRules>> Set(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tax-rules/{currency}")] HttpRequest request, string currency,
        CancellationToken cancellationToken)
    {
        if (!Currency.TryParse(currency, out var known))
            throw ProblemException.NotFound("UNKNOWN_CURRENCY", "Invoices are in USD or IDR.");
        var body = await RequestBody.ReadAsync<SetTaxModeRequest>(request, cancellationToken);
        await taxation.SetAsync(caller.Tenant, known, body.Mode!.Value, cancellationToken);
        return TypedResults.Ok(await ReadAsync(cancellationToken));
    }

    private async Task<TaxRules> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = database.Open(caller.Tenant);
        var rules = await taxation.ListRulesAsync(connection, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken);
        return new TaxRules([.. rules.OrderBy(rule => rule.Key).Select(rule => new TaxRuleView(rule.Key, rule.Value.Rate, rule.Value.Mode))]);
    }
}
