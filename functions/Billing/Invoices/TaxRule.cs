namespace ServerlessBusiness.Billing.Invoices;

public enum TaxMode
{
    /// <summary>Tax comes on top of the lines.</summary>
    Exclusive,

    /// <summary>The lines contain the tax.</summary>
    Inclusive,
}

/// <summary>How an invoice of one currency is taxed on one day.</summary>
public sealed record TaxRule(decimal Rate, TaxMode Mode);
