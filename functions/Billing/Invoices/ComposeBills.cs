using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Composes any number of bills with three reads: the tax of the day, the credit of their users and the coupons these have redeemed.</summary>
public sealed class ComposeBills(TaxStore taxation, CreditStore credits, CouponStore coupons)
{
    /// <summary>In the order of the bills; what one takes of credit and coupons, the following do not have. Balances stay locked.</summary>
    public async Task<IReadOnlyList<ComposedBill>> RunAsync(
        TenantTransaction transaction, IReadOnlyList<Bill> bills, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var users = bills.Select(bill => bill.UserId).Distinct().Order().ToArray();
        var taxes = await taxation.ListRulesAsync(transaction, DateOnly.FromDateTime(now.UtcDateTime), cancellationToken);
        var purse = new Purse(
            await credits.ListForUpdateAsync(transaction, users, cancellationToken),
            await coupons.ListRedemptionsAsync(transaction, users, cancellationToken));
        return [.. bills.Select(bill => Compose(bill, taxes, purse))];
    }

    private static ComposedBill Compose(Bill bill, IReadOnlyDictionary<string, TaxRule> taxes, Purse purse)
    {
        try
        {
            if (bill.Lines.Count == 0)
                throw new CompositionException("There is nothing on it.");
            var currency = bill.Lines[0].Amount.Currency;
            var tax = taxes.GetValueOrDefault(currency.Code) ?? throw new CompositionException($"No tax rate is stored for {currency} on this day.");
            var composition = Composition.Of(bill.Lines, purse.DiscountsFor(bill, currency), purse.CreditOf(bill.UserId, currency), tax);
            purse.Take(bill, composition);
            return new ComposedBill(bill, composition, Refusal: null);
        }
        catch (Exception refusal)
        {
            // Pure sums over what others have stored: whatever is wrong with one bill, the others go on.
            return new ComposedBill(bill, Composition: null, CompositionException.ReasonOf(refusal));
        }
    }

    // What the users of these bills have left to spend while one bill after the other is composed.
    private sealed class Purse(IReadOnlyList<CreditBalance> balances, IReadOnlyList<Redemption> redemptions)
    {
        private readonly Dictionary<(Guid User, string Currency), decimal> credit =
            balances.ToDictionary(row => (row.UserId, row.Currency), row => row.Balance);

        private readonly Dictionary<Guid, List<Redemption>> redeemed =
            redemptions.GroupBy(row => row.UserId).ToDictionary(rows => rows.Key, rows => rows.ToList());

        public Money CreditOf(Guid user, Currency currency) => new(credit.GetValueOrDefault((user, currency.Code)), currency);

        public IReadOnlyList<Discount> DiscountsFor(Bill bill, Currency currency) => redeemed.TryGetValue(bill.UserId, out var rows)
            ? [.. rows.Where(row => row.Fits(bill, currency.Code)).Select(row => row.Discount)]
            : [];

        public void Take(Bill bill, Composition composition)
        {
            var used = composition.CreditUsed;
            if (!used.IsZero)
                credit[(bill.UserId, used.Currency.Code)] -= used.Amount;
            foreach (var line in composition.Lines)
            {
                if (line.RedemptionId is not { } id)
                    continue;
                var rows = redeemed[bill.UserId];
                var place = rows.FindIndex(row => row.Id == id);
                rows[place] = rows[place] with { InvoicesLeft = rows[place].InvoicesLeft - 1 };
            }
        }
    }
}
