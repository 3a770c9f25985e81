using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Notifications.Requests;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Notifications.Alerts;

public sealed record SymbolsView(IReadOnlyList<string> Symbols);

public sealed class AlertFunctions(SymbolStore symbols, SendTradingAlert send, Caller caller, TimeProvider time)
{
    [Function("SendTradingAlert"), Requires("notifications:send"), Idempotent, Accepts<TradingAlertRequest>]
    [Summary("Tells a trading signal to all subscribers of its symbol.")]
    public async Task<Accepted<TradingAlertAnswer>> Send(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/trading-alerts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var alert = await RequestBody.ReadAsync<TradingAlertRequest>(request, cancellationToken);
        SendRequest.CheckExpiry(alert.ExpiresAt, time.GetUtcNow());
        return TypedResults.Accepted((string?)null, await send.RunAsync(caller.Tenant, alert, cancellationToken));
    }

    [Function("ListSymbols"), Authenticated, Summary("Lists the symbols whose trading alerts the signed-in user gets.")]
    public async Task<Ok<SymbolsView>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/symbols")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ViewAsync(cancellationToken));

    [Function("SubscribeSymbol"), Authenticated, Summary("Subscribes the signed-in user to the trading alerts of a symbol.")]
    public async Task<Ok<SymbolsView>> Subscribe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/symbols/{symbol}")] HttpRequest request, string symbol, CancellationToken cancellationToken)
    {
        await symbols.AddAsync(caller.Tenant, caller.RequireUser(), Checked(symbol), time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(await ViewAsync(cancellationToken));
    }

    [Function("UnsubscribeSymbol"), Authenticated, Summary("Ends the trading alerts of a symbol for the signed-in user.")]
    public async Task<Ok<SymbolsView>> Unsubscribe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/symbols/{symbol}")] HttpRequest request, string symbol,
        CancellationToken cancellationToken)
    {
        await symbols.RemoveAsync(caller.Tenant, caller.RequireUser(), Checked(symbol), cancellationToken);
        return TypedResults.Ok(await ViewAsync(cancellationToken));
    }

    private async Task<SymbolsView> ViewAsync(CancellationToken cancellationToken) =>
        new(await symbols.ListOfUserAsync(caller.Tenant, caller.RequireUser(), cancellationToken));

    private static string Checked(string symbol) => Regex.IsMatch(symbol, TradingSymbol.Form)
        ? TradingSymbol.Normalize(symbol)
        : throw ProblemException.Invalid("symbol", "INVALID_SYMBOL", TradingSymbol.Rule);
}
