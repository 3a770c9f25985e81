using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators;

// Bodies that the provider has published, with the outcome each must have.
static class PublishedBodies
{
    public static IReadOnlyList<JsonObject> Vectors { get; } =
        [.. JsonNode.Parse(File.ReadAllText(Locate()))!["vectors"]!.AsArray().Select(vector => vector!.AsObject())];

    public static JsonObject Body(string id) =>
        Vectors.Single(vector => (string?)vector["id"] == id)["body"]!.DeepClone().AsObject();

    static string Locate([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "testdata", "midtrans", "published-bodies.json");
}
