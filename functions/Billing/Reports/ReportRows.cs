namespace ServerlessBusiness.Billing.Reports;

public sealed record Report<T>(IReadOnlyList<T> Rows);

/// <summary>What was invoiced in a month, cancelled invoices left out, and how much of it is paid by now.</summary>
public sealed record RevenueRow(DateOnly Month, string Currency, long Invoices, decimal Net, decimal Tax, decimal Total, decimal Paid);

/// <summary>The tax of a month's invoices at one rate.</summary>
public sealed record TaxRow(DateOnly Month, string Currency, decimal Rate, long Invoices, decimal Base, decimal Tax);

/// <summary>What is open, by how many days ago it was due.</summary>
public sealed record ReceivablesRow(
    string Currency, long Invoices, decimal NotDue, decimal Days0To30, decimal Days31To60, decimal Days61To90, decimal DaysOver90, decimal Total);
