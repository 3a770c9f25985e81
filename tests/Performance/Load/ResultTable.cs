using System.Globalization;

namespace ServerlessBusiness.Tests.Performance.Load;

// Plain columns: words to the left, figures to the right.
internal sealed class ResultTable(params string[] columns)
{
    private readonly List<string[]> rows = [columns];

    public ResultTable Row(string what, params IEnumerable<string> figures)
    {
        rows.Add([what, .. figures]);
        return this;
    }

    public void Print()
    {
        var widths = columns.Select((_, column) => rows.Max(row => column < row.Length ? row[column].Length : 0)).ToArray();
        foreach (var row in rows)
            Console.WriteLine("  " + string.Join("  ", row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + " ms";

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
