using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.OpenApi;

namespace ServerlessBusiness.Tests.Unit.Shared.OpenApi;

public sealed class OpenApiGeneratorTests
{
    private static readonly string Text = Encoding.UTF8.GetString(OpenApiGenerator.Write(
        typeof(DescribedFunctions).GetMethods().Where(method => method.IsDefined(typeof(FunctionAttribute))), ServiceIdentity.Billing));

    private static readonly JsonNode Document = JsonNode.Parse(Text)!;

    [Fact]
    public void The_document_is_valid_openapi_3_1()
    {
        var read = OpenApiDocument.Parse(Text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.StartsWith("3.1", At("openapi").GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reference_leads_to_a_schema_that_is_there()
    {
        var schemas = At("components", "schemas").AsObject();
        var references = References(Document).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(
            reference == "#/components/responses/Problem" || schemas.ContainsKey(reference["#/components/schemas/".Length..]), reference));
    }

    [Fact]
    public void Paths_and_methods_come_from_the_triggers_and_timers_have_none()
    {
        Assert.Equal(
            ["/health", "/v1/file", "/v1/hook", "/v1/open", "/v1/orders", "/v1/orders/{id}", "/v1/orders/{id}/lines/{line}"],
            At("paths").AsObject().Select(path => path.Key).Order(StringComparer.Ordinal));
        Assert.Equal("DescribedCreate", At("paths", "/v1/orders", "post", "operationId").GetValue<string>());
        Assert.Equal("Places an order.", At("paths", "/v1/orders", "post", "summary").GetValue<string>());
        Assert.Equal("DescribedList", At("paths", "/v1/orders", "get", "operationId").GetValue<string>());
    }

    [Fact]
    public void Route_constraints_become_schemas_of_path_parameters()
    {
        var parameters = Parameters("/v1/orders/{id}/lines/{line}", "get");
        Same("""{"type":"string","format":"uuid"}""", parameters["id"]["schema"]);
        Same("""{"minimum":1,"type":"integer","format":"int32"}""", parameters["line"]["schema"]);
        Assert.True(parameters["id"]["required"]!.GetValue<bool>());
    }

    [Fact]
    public void Query_parameters_are_those_declared()
    {
        var parameters = Parameters("/v1/orders", "get");
        Assert.Equal("query", parameters["limit"]["in"]!.GetValue<string>());
        Assert.Equal("How many at most.", parameters["limit"]["description"]!.GetValue<string>());
        Assert.Equal("integer", parameters["limit"]["schema"]!["type"]!.GetValue<string>());
        Same("""{"enum":["pending","paidInFull"],"type":"string"}""", parameters["status"]["schema"]);
    }

    [Fact]
    public void The_tenant_is_required_optional_or_absent_as_the_access_says()
    {
        Assert.True(Parameters("/v1/orders", "get")["X-Tenant-ID"]["required"]!.GetValue<bool>());
        Assert.Null(Parameters("/v1/open", "get")["X-Tenant-ID"]["required"]);
        Assert.False(Parameters("/health", "get").ContainsKey("X-Tenant-ID"));
        Assert.True(Parameters("/v1/orders", "post").ContainsKey("Idempotency-Key"));
        Assert.False(Parameters("/v1/orders", "get").ContainsKey("Idempotency-Key"));
    }

    [Fact]
    public void Only_functions_for_users_ask_for_a_token()
    {
        Assert.NotNull(At("paths", "/v1/orders", "post")["security"]);
        Assert.Equal("Needs the permission orders:write.", At("paths", "/v1/orders", "post", "description").GetValue<string>());
        Assert.Null(At("paths", "/v1/open", "get")["security"]);
        Assert.Equal("bearer", At("components", "securitySchemes", "bearer", "scheme").GetValue<string>());
    }

    [Fact]
    public void Answers_have_the_status_and_type_of_the_typed_result()
    {
        Same("""{"$ref":"#/components/schemas/OrderView"}""", At("paths", "/v1/orders", "post", "responses", "201", "content", "application/json", "schema"));
        Same("""{"$ref":"#/components/schemas/OrderViewPage"}""", At("paths", "/v1/orders", "get", "responses", "200", "content", "application/json", "schema"));
        Assert.Equal(["200", "204", "400", "401", "403", "404", "429", "default"], Statuses("/v1/orders/{id}/lines/{line}", "get"));
        Assert.Contains("202", Statuses("/v1/orders/{id}", "delete"));
        Assert.Equal(["200", "503", "default"], Statuses("/health", "get"));
        Same("""{"$ref":"#/components/schemas/OrderView"}""", At("paths", "/health", "get", "responses", "503", "content", "application/json", "schema"));
        Same("""{"$ref":"#/components/responses/Problem"}""", At("paths", "/v1/orders", "post", "responses", "422"));
    }

    [Fact]
    public void Bodies_that_no_record_describes_have_their_media_type()
    {
        Same("""{"type":"object"}""", At("paths", "/v1/hook", "post", "requestBody", "content", "application/json", "schema"));
        Assert.True(At("paths", "/v1/hook", "post", "requestBody", "required").GetValue<bool>());
        Assert.Equal(["200", "400", "413", "415", "default"], Statuses("/v1/hook", "post"));
        Same("{}", At("paths", "/v1/file", "get", "responses", "200", "content", "application/pdf"));
    }

    [Fact]
    public void A_request_requires_what_its_attributes_require_and_allows_nothing_else()
    {
        var request = At("components", "schemas", "OrderRequest");
        Same("""["reference"]""", request["required"]);
        Assert.False(request["additionalProperties"]!.GetValue<bool>());
        Same("""{"maxLength":40,"minLength":3,"type":"string"}""", request["properties"]!["reference"]);
        Assert.Equal("email", request["properties"]!["email"]!["format"]!.GetValue<string>());
        Assert.Equal("^\\+62[0-9]{8,12}$", request["properties"]!["phone"]!["pattern"]!.GetValue<string>());
        Assert.Equal(99, request["properties"]!["quantity"]!["maximum"]!.GetValue<int>());
        Same("""{"$ref":"#/components/schemas/OrderLine"}""", request["properties"]!["lines"]!["items"]);
    }

    [Fact]
    public void An_answer_always_holds_all_its_members_and_may_grow()
    {
        var view = At("components", "schemas", "OrderView");
        Same("""["id","status","before","total","createdAt","note","buyer","payer"]""", view["required"]);
        Assert.Null(view["additionalProperties"]);
        Same("""{"$ref":"#/components/schemas/Money"}""", view["properties"]!["total"]);
        Same("""{"type":"string","format":"date-time"}""", view["properties"]!["createdAt"]);
        Same("""{"type":["null","string"]}""", view["properties"]!["note"]);
        Same("""{"$ref":"#/components/schemas/OrderParty"}""", view["properties"]!["buyer"]);
        Same("""{"anyOf":[{"$ref":"#/components/schemas/OrderParty"},{"type":"null"}]}""", view["properties"]!["payer"]);
    }

    [Fact]
    public void A_problem_has_errors_only_when_fields_are_to_blame() =>
        Same("""["type","title","status","code","detail","traceId"]""", At("components", "schemas", "Problem")["required"]);

    [Fact]
    public void The_same_functions_give_the_same_bytes()
    {
        var again = OpenApiGenerator.Write(
            typeof(DescribedFunctions).GetMethods().Where(method => method.IsDefined(typeof(FunctionAttribute))).Reverse(), ServiceIdentity.Billing);
        Assert.Equal(Text, Encoding.UTF8.GetString(again));
    }

    private static JsonNode At(params string[] path) =>
        path.Aggregate(Document, (node, name) => node[name] ?? throw new KeyNotFoundException($"{name} of {string.Join('/', path)} in {node}"));

    private static Dictionary<string, JsonNode> Parameters(string path, string method) =>
        (At("paths", path, method)["parameters"]?.AsArray() ?? []).ToDictionary(parameter => parameter!["name"]!.GetValue<string>(), parameter => parameter!);

    private static IEnumerable<string> Statuses(string path, string method) =>
        At("paths", path, method, "responses").AsObject().Select(answer => answer.Key).Order(StringComparer.Ordinal);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member is { Key: "$ref", Value: JsonValue target } ? [target.GetValue<string>()] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but found {actual?.ToJsonString(JsonSerializerOptions.Web)}");
}
