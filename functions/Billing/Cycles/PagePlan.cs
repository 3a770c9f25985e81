using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>What is to become of the due bills of a page: invoices, nothing because there is one, or set aside.</summary>
public sealed record PagePlan(IReadOnlyList<PlannedBill> ToCreate, IReadOnlyList<Advance> Existing, IReadOnlyList<ParkedBill> Parked)
{
    /// <summary>Periods of one subscription that a run bills; who is further behind is looked at by a human first.</summary>
    public const int MostPeriods = 12;

    /// <param name="withdrawn">Charges that nobody has to pay: their periods are passed by like billed ones.</param>
    public static PagePlan Of(IReadOnlyList<DueAgreement> due, IReadOnlySet<Guid> withdrawn)
    {
        var (create, existing, parked) = (new List<PlannedBill>(due.Count), new List<Advance>(), new List<ParkedBill>());
        foreach (var one in due)
        {
            try
            {
                if (one.RunPeriods >= MostPeriods)
                    throw new CompositionException($"It is more than {MostPeriods} periods behind.");
                var bill = one.Agreement.Following().First();
                if (one.IsBilled || withdrawn.Contains(one.ChargeId))
                    existing.Add(new Advance(one.SubscriptionId, bill.PeriodEnd, ParkedReason: null));
                else
                    create.Add(new PlannedBill(one.Agreement, bill));
            }
            catch (Exception refusal)
            {
                // Whatever is wrong with one of them, the others are billed.
                parked.Add(new ParkedBill(one.SubscriptionId, one.NextBillingAt, CompositionException.ReasonOf(refusal)));
            }
        }

        return new PagePlan(create, existing, parked);
    }
}

public sealed record PlannedBill(Agreement Agreement, RenewalBill Bill);
