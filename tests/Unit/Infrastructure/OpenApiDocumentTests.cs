using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The committed API documents hold what a client generator and a gateway need.</summary>
public sealed class OpenApiDocumentTests
{
    public static TheoryData<string> Services => [.. ServiceIdentity.All.Select(service => service.Key)];

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_operation_has_a_name_of_its_own_a_sentence_and_the_answers_of_a_refusal(string key)
    {
        var operations = Operations(Read(key)).ToList();

        Assert.Equal(operations.Count, operations.Select(operation => operation["operationId"]!.GetValue<string>()).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrWhiteSpace(operation["summary"]?.GetValue<string>()), operation["operationId"]!.GetValue<string>());
            Assert.Equal("#/components/responses/Problem", operation["responses"]!["default"]!["$ref"]!.GetValue<string>());
            Assert.Contains(operation["responses"]!.AsObject(), answer => answer.Key[0] is '2' or '3');
        });
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void What_needs_a_token_says_so_and_names_the_tenant(string key)
    {
        var document = Read(key);
        var guarded = Operations(document).Where(operation => operation["security"] is not null).ToList();

        Assert.NotEmpty(guarded);
        Assert.Equal("bearer", document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!.GetValue<string>());
        Assert.All(guarded, operation => Assert.True(Header(operation, "X-Tenant-ID")!["required"]!.GetValue<bool>()));
    }

    [Fact]
    public void What_may_be_repeated_takes_a_key_and_tells_a_replay()
    {
        var idempotent = ServiceIdentity.All.SelectMany(service => Operations(Read(service.Key))).Where(operation => Header(operation, "Idempotency-Key") is not null).ToList();

        Assert.True(idempotent.Count > 5);
        Assert.All(idempotent, operation => Assert.Contains(
            operation["responses"]!.AsObject(), answer => answer.Key[0] == '2' && answer.Value!["headers"]?["Idempotent-Replayed"] is not null));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_schema_shows_an_example_that_it_accepts_itself(string key)
    {
        var document = Read(key);
        var schemas = document["components"]!["schemas"]!.AsObject();

        Assert.All(schemas, component =>
        {
            var example = Assert.Single(component.Value!["examples"]!.AsArray());
            // Together with those it refers to, a schema is one for any validator.
            var whole = (JsonObject)component.Value.DeepClone();
            whole["$defs"] = schemas.DeepClone();
            var result = JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)).Evaluate(
                JsonSerializer.SerializeToElement(example), new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
            Assert.True(result.IsValid, $"{component.Key}: {string.Join("; ", (result.Details ?? []).SelectMany(
                detail => detail.Errors?.Select(error => $"{detail.InstanceLocation} {error.Value}") ?? []))}");
        });
    }

    private static JsonNode Read(string key) => JsonNode.Parse(File.ReadAllText(Path.Combine(BicepCli.Infra, "openapi", $"{key}.json")))!;

    private static IEnumerable<JsonNode> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!);

    private static JsonNode? Header(JsonNode operation, string name) =>
        operation["parameters"]?.AsArray().SingleOrDefault(parameter => parameter!["in"]!.GetValue<string>() == "header" && parameter["name"]!.GetValue<string>() == name);
}
