using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.OpenApi;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The files of infra that follow from the code: API documents, and what is made in Service Bus and in its emulator.</summary>
public sealed class GeneratedFileTests
{
    // Within what the emulator takes.
    private const string DuplicateDetection = "PT5M";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Services => [.. ServiceIdentity.All.Select(service => service.Key)];

    [Theory]
    [MemberData(nameof(Services))]
    public void The_API_document_of_an_app_is_what_its_functions_say(string key)
    {
        var service = ServiceIdentity.All.Single(one => one.Key == key);
        var app = Assembly.Load(char.ToUpperInvariant(key[0]) + key[1..]);

        GeneratedFile.Check($"infra/openapi/{key}.json", Encoding.UTF8.GetString(OpenApiGenerator.Write(new FunctionCatalog(app).Methods, service)) + "\n");
    }

    [Fact]
    public void The_template_makes_the_queues_and_subscriptions_of_the_code()
    {
        var topology = new JsonObject
        {
            ["queues"] = Texts(Topology.Queues),
            ["topic"] = Topology.BusinessEvents,
            ["subscriptions"] = new JsonObject(Topology.AllSubscriptions.Select(
                subscription => KeyValuePair.Create<string, JsonNode?>(subscription.Key, Texts(subscription.Value)))),
            ["lockDuration"] = XmlConvert.ToString(Topology.LockDuration),
            ["maxDeliveryCount"] = Topology.MaxDeliveryCount,
            ["duplicateDetectionWindow"] = DuplicateDetection,
            ["maxSizeInMegabytes"] = 1024,
        };

        GeneratedFile.Check("infra/topology.json", topology.ToJsonString(Readable) + "\n");
    }

    [Fact]
    public void The_emulator_makes_them_too()
    {
        var entities = new JsonObject
        {
            ["Name"] = "sbemulatorns",
            ["Queues"] = new JsonArray([.. Topology.Queues.Select(queue => new JsonObject { ["Name"] = queue, ["Properties"] = Properties(detectsDuplicates: true) })]),
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = Topology.BusinessEvents,
                ["Properties"] = new JsonObject
                {
                    ["DefaultMessageTimeToLive"] = "PT1H",
                    ["DuplicateDetectionHistoryTimeWindow"] = DuplicateDetection,
                    ["RequiresDuplicateDetection"] = true,
                },
                ["Subscriptions"] = new JsonArray([.. Topology.AllSubscriptions.Select(subscription => new JsonObject
                {
                    ["Name"] = subscription.Key,
                    ["Properties"] = Properties(detectsDuplicates: false),
                    ["Rules"] = new JsonArray([.. subscription.Value.Select(Rule)]),
                })]),
            }),
        };
        var config = new JsonObject
        {
            ["UserConfig"] = new JsonObject
            {
                ["Namespaces"] = new JsonArray(entities),
                ["Logging"] = new JsonObject { ["Type"] = "Console" },
            },
        };

        GeneratedFile.Check("infra/local/servicebus-emulator.json", config.ToJsonString(Readable) + "\n");
    }

    private static JsonObject Properties(bool detectsDuplicates)
    {
        var properties = new JsonObject
        {
            ["DeadLetteringOnMessageExpiration"] = true,
            // The emulator keeps nothing longer.
            ["DefaultMessageTimeToLive"] = "PT1H",
            ["LockDuration"] = XmlConvert.ToString(Topology.LockDuration),
            ["MaxDeliveryCount"] = Topology.MaxDeliveryCount,
            ["RequiresSession"] = false,
        };
        if (detectsDuplicates)
        {
            properties["DuplicateDetectionHistoryTimeWindow"] = DuplicateDetection;
            properties["RequiresDuplicateDetection"] = true;
        }

        return properties;
    }

    private static JsonNode Rule(string subject) => new JsonObject
    {
        ["Name"] = subject,
        ["Properties"] = new JsonObject { ["FilterType"] = "Correlation", ["CorrelationFilter"] = new JsonObject { ["Label"] = subject } },
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
