using System.Text;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>A file in infra that the code writes and a test holds to it.</summary>
internal static class GeneratedFile
{
    private const string Update = "UPDATE_OPENAPI_FILES";

    /// <summary>Compares, or writes anew when the environment asks for it.</summary>
    public static void Check(string path, string expected)
    {
        var file = Path.Combine(Codebase.Root, path);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        var written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(written == expected, $"{path} is not what the code says. Write it anew, look at the difference and commit it: "
            + $"{Update}=1 dotnet test tests/Unit --filter FullyQualifiedName~Infrastructure.{nameof(GeneratedFileTests)}");
    }
}
