using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Statements;

public sealed class StatementFunctions(StatementStore statements, BillingProfiles profiles, Caller caller, BillingTime time)
{
    private const int LongestDays = 366;

    [Function("ReadStatement"), Authenticated]
    [Summary("A user's balance at the beginning of a period, his invoices, payments and credits in it, and the balance at its end.")]
    [Query("user", typeof(Guid), "Whose, with invoices:read; without it one's own.")]
    [Query("from", typeof(DateOnly), "The first day; by default the first of this month.")]
    [Query("to", typeof(DateOnly), "The last day; by default today.")]
    [Query("currency", typeof(string), "IDR or USD; by default the tenant's.")]
    [Query("format", typeof(string), "json or html.")]
    public async Task<Results<Ok<Statement>, PageResult>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/statements")] HttpRequest request, CancellationToken cancellationToken)
    {
        var user = UserOf(request);
        var (from, to) = PeriodOf(request);
        var currency = CurrencyOf(request);
        var format = request.Query["format"].ToString();
        if (format is not ("" or "json" or "html"))
            throw ProblemException.Invalid("format", "INVALID_FORMAT", "format is json or html.");

        var (start, until) = (At(from), At(to.AddDays(1)));
        var statement = new Statement(
            user, from, to, await statements.OwedAsync(caller.Tenant, user, currency, start, until, cancellationToken),
            await statements.CreditAsync(caller.Tenant, user, currency, start, until, cancellationToken));
        if (format != "html")
            return TypedResults.Ok(statement);
        var profile = await profiles.GetAsync(caller.Tenant, cancellationToken);
        return new PageResult(StatementHtml.Of(statement, profile.Locale, profile.LegalName));
    }

    private Guid UserOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("user", out var text))
            return caller.RequireUser();
        if (!Guid.TryParse(text, out var user))
            throw ProblemException.Invalid("user", "INVALID_USER", "user is the id of a user.");
        return caller.RequireFor(user, "invoices:read", "Your roles do not allow this.");
    }

    private (DateOnly From, DateOnly To) PeriodOf(HttpRequest request)
    {
        var to = QueryDate.Day(request, "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var from = QueryDate.Day(request, "from") ?? new DateOnly(to.Year, to.Month, 1);
        return from <= to && to.DayNumber - from.DayNumber <= LongestDays
            ? (from, to)
            : throw ProblemException.Invalid("from", "INVALID_RANGE", "A period ends on or after the day it begins, at most a year later.");
    }

    private Currency CurrencyOf(HttpRequest request)
    {
        var text = request.Query.TryGetValue("currency", out var given) ? given.ToString() : caller.Profile!.DefaultCurrency;
        return Currency.TryParse(text, out var currency)
            ? currency
            : throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");
    }

    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
