using ServerlessBusiness.Billing.Invoices;

namespace ServerlessBusiness.Tests.Unit.Billing.Invoices;

public sealed class InvoiceNumberTests
{
    [Theory]
    [InlineData(1, "INV-2026-11-0001")]
    [InlineData(9999, "INV-2026-11-9999")]
    [InlineData(10000, "INV-2026-11-10000")]
    public void Numbers_have_four_digits_and_more_when_the_month_needs_them(long number, string expected)
    {
        Assert.Equal(expected, InvoiceNumber.Format(new DateOnly(2026, 11, 1), number));
    }

    [Theory]
    [InlineData("2026-11-30T23:59:59.999Z", "2026-11-01")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-01")]
    [InlineData("2026-12-01T06:59:59+07:00", "2026-11-01")]
    public void The_month_is_that_of_UTC(string now, string month)
    {
        Assert.Equal(DateOnly.Parse(month), InvoiceNumber.MonthOf(DateTimeOffset.Parse(now)));
    }
}
