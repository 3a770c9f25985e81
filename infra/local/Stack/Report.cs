using System.Globalization;
using Spectre.Console;

namespace ServerlessBusiness.Local.Stack;

/// <summary>What a person sees when everything runs.</summary>
internal static class Report
{
    public static void Write(LocalStack stack, TimeSpan total, StackOptions options)
    {
        if (Console.IsOutputRedirected)
            WritePlain(stack);
        else
            WriteTable(stack);
        Console.WriteLine();
        Console.WriteLine($"Everything was ready in {Seconds(total)}. Data: {stack.Folder.Root}");
        Console.WriteLine($"Logs: {stack.Folder.Logs}   Settings: {stack.EnvironmentFile}");
        if (stack.Clock.Offset > TimeSpan.Zero)
            Console.WriteLine($"The stack's clock is ahead: it shows {stack.Clock.Now:yyyy-MM-dd HH:mm} UTC.");
        if (!options.EnginesOnly && options.Seed)
        {
            Console.WriteLine();
            Console.WriteLine("Try it (demo users: user@example.com / Demo-user-2026, admin@example.com / Demo-admin-2026):");
            Console.WriteLine();
            Console.WriteLine(TryIt.For(stack.Endpoints));
        }
        Console.WriteLine();
        Console.WriteLine("Ctrl-C stops everything.");
    }

    private static void WriteTable(LocalStack stack)
    {
        var table = new Table().RoundedBorder().AddColumns("what", "URL").AddColumn(new TableColumn("ready in").RightAligned());
        foreach (var part in stack.Parts)
            table.AddRow(Markup.Escape(part.Name), Markup.Escape(part.Url), Markup.Escape(Ready(part)));
        AnsiConsole.Write(table);
    }

    private static void WritePlain(LocalStack stack)
    {
        Console.WriteLine($"{"what",-20}{"URL",-28}{"ready in",10}");
        foreach (var part in stack.Parts)
            Console.WriteLine($"{part.Name,-20}{part.Url,-28}{Ready(part),10}");
    }

    private static string Ready(StackPart part) => part.ReadyIn is { } time ? Seconds(time) : part.State == PartState.Given ? "given" : "absent";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
