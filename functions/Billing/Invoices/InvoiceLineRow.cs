namespace ServerlessBusiness.Billing.Invoices;

/// <summary>A line as it is written.</summary>
public sealed record InvoiceLineRow(Guid Id, Guid InvoiceId, ComposedLine Line)
{
    public static IEnumerable<InvoiceLineRow> Of(Guid invoice, IReadOnlyList<ComposedLine> lines, DateTimeOffset now)
    {
        // Lines are listed by id.
        for (var place = 0; place < lines.Count; place++)
            yield return new InvoiceLineRow(Guid.CreateVersion7(now.AddMilliseconds(place)), invoice, lines[place]);
    }

    public string Metadata => Line.RedemptionId is { } redemption ? $$"""{"redemptionId":"{{redemption}}"}""" : "{}";
}
