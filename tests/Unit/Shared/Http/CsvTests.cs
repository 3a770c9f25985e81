using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class CsvTests
{
    private sealed record Row(string Name, decimal? Amount, DateOnly Day);

    [Fact]
    public void Cells_are_quoted_where_they_must_be_and_no_text_is_a_formula() => Assert.Equal(
        "name,amount,day\r\nplain,1.50,2026-11-25\r\n\"a,\"\"b\"\"\",,2026-11-25\r\n'=1+1,-2,2026-11-25\r\n",
        Csv.Of<Row>([new("plain", 1.50m, new(2026, 11, 25)), new("a,\"b\"", null, new(2026, 11, 25)), new("=1+1", -2, new(2026, 11, 25))]));
}
