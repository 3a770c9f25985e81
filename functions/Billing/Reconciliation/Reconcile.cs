using System.Globalization;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Reconciliation;

/// <summary>A payment as Payments has it.</summary>
/// <param name="Pays">It pays its invoice: it was not taken back, and no other payment did so before it.</param>
public sealed record SettledPayment(Guid Id, Guid InvoiceId, Money Amount, Money Refunded, bool Pays, DateTimeOffset SettledAt);

/// <summary>Compares a month's books: invoices, payments and credit here with each other, and the payments with those of Payments.</summary>
public sealed class Reconcile(ReconciliationStore books, ServiceClients services, BillingTime billing, TimeProvider time)
{
    private const int Most = 1000;

    // Its news may be on its way.
    private static readonly TimeSpan Underway = TimeSpan.FromMinutes(1);

    public async Task<ReconciliationView> RunAsync(TenantId tenant, Period month, CancellationToken cancellationToken)
    {
        var differences = new List<BookDifference>(await books.ListDifferencesAsync(tenant, month, Most, cancellationToken));
        SettledPayment? last = null;
        var name = month.Start.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string? next = "";
        while (next is not null)
        {
            var cursor = next.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(next)}";
            var page = await services.To(ServiceIdentity.Payments).GetAsync<Page<SettledPayment>>(
                tenant, $"/v1/settled-payments?month={name}{cursor}", cancellationToken);
            var ids = page.Items.Select(payment => payment.Id).ToArray();
            differences.AddRange(Compare(
                page.Items, await books.ListHeldAsync(tenant, ids, cancellationToken), time.GetUtcNow() - Underway));
            // Both books are in the order in which the money came, so that no more than a page of them is held at a time. Payments dates by the real
            // time: the months of a test clock are not its months.
            var end = page.Next is null ? null : page.Items[^1];
            foreach (var other in billing.IsOfClock ? [] : await books.ListOthersAsync(tenant, month, last, end, ids, Most, cancellationToken))
                differences.Add(new BookDifference("payment_unknown_to_payments", other.PaymentId, other.Money(0), other.Money(other.Amount)));
            (last, next) = (end, page.Next);
        }

        return new ReconciliationView(name, await books.SumAsync(tenant, month, cancellationToken), differences);
    }

    /// <summary>What Payments and we say of the same payments.</summary>
    /// <param name="heardUntil">What was settled later may not be known here yet.</param>
    public static IEnumerable<BookDifference> Compare(
        IReadOnlyList<SettledPayment> settled, IReadOnlyList<HeldPayment> held, DateTimeOffset heardUntil)
    {
        var ours = held.ToDictionary(payment => payment.PaymentId);
        foreach (var theirs in settled)
        {
            if (theirs.SettledAt > heardUntil)
                continue;
            var our = ours.GetValueOrDefault(theirs.Id);
            var nothing = Money.Zero(theirs.Amount.Currency);
            var expected = theirs.Pays ? theirs.Amount : nothing;
            var actual = our is null ? nothing : our.Money(our.Held);
            if (expected.Currency != actual.Currency || expected != actual)
                yield return new BookDifference(our is null ? "payment_unknown_here" : "amount_of_payment", theirs.Id, expected, actual);
            else if (our is not null && theirs.Refunded != our.Money(our.Refunded))
                yield return new BookDifference("refunded_of_payment", theirs.Id, theirs.Refunded, our.Money(our.Refunded));
        }
    }
}
