using System.Text.RegularExpressions;

namespace ServerlessBusiness.Tests.Unit.Architecture;

/// <summary>Each command that the README tells is proven somewhere, or needs what no test has.</summary>
public sealed partial class ReadmeTests
{
    // Beginning of a command, and the file that runs it with a text in it that shows so. The longest beginning counts.
    private static readonly (string Command, string Proof, string Evidence)[] Proven =
    [
        ("dotnet run --project infra/local", "tests/EndToEnd/Support/LauncherProcess.cs", "BuildOutput.Dll(\"infra/local\", \"Local\")"),
        ("dotnet run --project infra/local -- --fresh", "tests/EndToEnd/Stack/StackLifeTests.cs", "\"--fresh\""),
        ("dotnet run --project infra/local -- --containers", "tests/EndToEnd/Stack/ReadmeJourneyTests.cs", "\"--containers\""),
        ("dotnet test", ".ci/run", "dotnet test ServerlessBusiness.sln"),
        ("dotnet run -c Release --project tests/Performance -- scale-sim", ".ci/run", "tests/Performance --no-build -- scale-sim"),
        ("curl -X POST http://127.0.0.1:8020/local/clock", "tests/EndToEnd/Stack/ReadmeJourneyTests.cs", "local/clock"),
        ("GW=", "tests/EndToEnd/Stack/ReadmeJourneyTests.cs", "\"```sh\\n(GW=.*?)```\""),
        ("POSTGRES_HOST=... POSTGRES_USER=database-owners dotnet run --project infra/migrate", "tests/Integration/Kernel/MigrationCommandTests.cs", "Migration.RunAsync"),
        ("dotnet publish", "tests/Unit/Infrastructure/PublishTests.cs", "-p:_IsPublishing=true"),
        ("export BUDGET_START=", "tests/Unit/Infrastructure/BicepCli.cs", "start.Environment[\"BUDGET_START\"]"),
        ("UPDATE_OPENAPI_FILES=1", "tests/Unit/Infrastructure/GeneratedFile.cs", "UPDATE_OPENAPI_FILES"),
    ];

    // An account, a container runtime, Microsoft's tools, or figures that a shared machine cannot give.
    private static readonly string[] NotHere =
    [
        "az ", "docker ", "ACCEPT_EULA=Y docker ", "FunctionsRuntime=azure func ", "cd functions/Billing && cp ", "export JWT_SECRET=",
        "export CLICKHOUSE_HOST=", "export CLICKHOUSE_PASSWORD=$(az ",
        "dotnet run -c Release --project tests/Performance -- http", "kill -TERM",
    ];

    // Blocks that their proof reads from here and runs from the first line to the last.
    private static readonly string[] RunWhole = ["GW="];

    [Fact]
    public void Every_command_is_proven_or_cannot_be_here()
    {
        var commands = Commands().ToList();

        Assert.Contains("dotnet test", commands);
        Assert.DoesNotContain(commands, command => !NotHere.Any(command.StartsWith) && ProofOf(command) is null);
    }

    [Fact]
    public void The_proofs_are_where_they_are_said_to_be()
    {
        Assert.All(Proven, proof => Assert.Contains(proof.Evidence, File.ReadAllText(Path.Combine(Codebase.Root, proof.Proof))));
    }

    [Fact]
    public void No_proof_is_left_of_a_command_that_is_gone()
    {
        var commands = Commands().ToList();

        Assert.Empty(Proven.Where(proof => !commands.Any(command => command.StartsWith(proof.Command, StringComparison.Ordinal))).Select(proof => proof.Command));
    }

    // The SDK for the web runs a project in the project's own folder, where nobody looks for what --data and --env-file name.
    [Fact]
    public void The_stack_runs_where_its_user_stands() => Assert.Contains(
        "<EnableDefaultRunWorkingDirectory>false</", File.ReadAllText(Path.Combine(Codebase.Root, "infra/local/Local.csproj")));

    private static string? ProofOf(string command) => Proven.Where(proof => command.StartsWith(proof.Command, StringComparison.Ordinal))
        .OrderByDescending(proof => proof.Command.Length).Select(proof => proof.Proof).FirstOrDefault();

    // Indented blocks, fenced ones line by line, and what stands in backticks and begins like a command.
    private static IEnumerable<string> Commands()
    {
        var text = File.ReadAllText(Path.Combine(Codebase.Root, "README.md")).ReplaceLineEndings("\n");
        var fenced = Fence().Matches(text).Select(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(lines => RunWhole.Any(lines[0].StartsWith) ? lines[..1] : lines);
        var rest = Fence().Replace(text, "");
        var indented = Indented().Matches(rest).Select(line => line.Groups[1].Value);
        var quoted = Quoted().Matches(rest).Select(quote => quote.Groups[1].Value.Replace('\n', ' '));
        return fenced.Concat(indented).Concat(quoted).Distinct();
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ {4,}(\S.*)$", RegexOptions.Multiline)]
    private static partial Regex Indented();

    [GeneratedRegex(@"`((?:dotnet|az|docker|curl|kill|func|UPDATE_\w+=1) [^`]+|UPDATE_\w+=1)`", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
