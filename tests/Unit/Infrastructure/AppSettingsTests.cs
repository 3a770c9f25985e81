using System.Text.Json;
using System.Text.RegularExpressions;
using NCrontab;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>The settings that the template gives the apps, against the code that reads them.</summary>
public sealed partial class AppSettingsTests
{
    // What Azure does without, each for its reason.
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["POSTGRES_USER"] = "the app signs in as its own role",
        ["POSTGRES_PASSWORD"] = "an identity signs in",
        ["REDIS_PASSWORD"] = "an identity signs in",
        ["LOCAL_CLOCK_FILE"] = "Production reads no other clock",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "Application Insights is the collector",
        ["ServiceBus"] = "a group of settings names namespace and identity",
    };

    public static TheoryData<string, string> AppsOfSizes()
    {
        var cases = new TheoryData<string, string>();
        foreach (var size in BicepCli.Sizes)
            foreach (var service in ServiceIdentity.All)
                cases.Add(size, service.Key);
        return cases;
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void Every_setting_that_an_app_reads_is_provided(string size, string app)
    {
        var settings = Deployment.Of(size).SettingsOf(app);
        var asked = AppSettings.Read(app, Filled(settings)).Asked;

        Assert.Contains("POSTGRES_HOST", asked);
        Assert.Empty(Shown().Intersect(asked).Except(settings.Keys).Except(Elsewhere.Keys));
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void Every_setting_that_is_provided_is_read(string size, string app)
    {
        var settings = Deployment.Of(size).SettingsOf(app);
        var asked = AppSettings.Read(app, Filled(settings)).Asked;

        Assert.Empty(settings.Keys.Where(name => !OfTheHost().IsMatch(name)).Except(asked));
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void The_app_starts_with_them(string size, string app)
    {
        Assert.Empty(AppSettings.Read(app, Filled(Deployment.Of(size).SettingsOf(app))).Complaints);
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void The_app_does_not_start_while_its_secrets_are_not_in_the_vault(string size, string app)
    {
        var complaints = AppSettings.Read(app, WithServiceBus(Deployment.Of(size).SettingsOf(app))).Complaints;

        Assert.Contains(complaints, complaint => complaint.StartsWith("The setting JWT_SECRET is a reference to Key Vault", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void Every_secret_is_a_reference_to_the_vault_that_the_app_may_read(string size, string app)
    {
        var deployment = Deployment.Of(size);
        var rights = deployment.OfType("Microsoft.Authorization/roleAssignments").ToList();
        var secrets = deployment.SettingsOf(app).Where(setting => SecretName().IsMatch(setting.Key) && setting.Value.Length > 0 && !NotSecret().IsMatch(setting.Key)).ToList();

        Assert.NotEmpty(secrets);
        Assert.All(secrets, secret =>
        {
            var reference = Reference().Match(secret.Value);
            Assert.True(reference.Success, secret.Key);
            Assert.Equal(secret.Key.Replace('_', '-'), reference.Groups[1].Value);
            Assert.Contains(rights, right => Deployment.Id(right).Contains($"/secrets/{reference.Groups[1].Value}/", StringComparison.Ordinal)
                && right["properties"]!["principalId"]!.GetValue<string>().Contains($"-{app}-id'", StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void Nothing_is_set_that_Flex_Consumption_refuses(string size, string app)
    {
        var settings = Deployment.Of(size).SettingsOf(app);

        Assert.DoesNotContain(settings.Keys, name =>
            name is "FUNCTIONS_WORKER_RUNTIME" or "FUNCTIONS_EXTENSION_VERSION" or "AzureWebJobsDashboard" || name.StartsWith("WEBSITE_", StringComparison.Ordinal));
        Assert.DoesNotContain("AzureWebJobsStorage", settings.Keys);
        Assert.DoesNotContain(settings.Values, value => value.Contains("AccountKey", StringComparison.OrdinalIgnoreCase) || value.Contains("SharedAccessKey", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(AppsOfSizes))]
    public void Schedules_have_six_fields(string size, string app)
    {
        var settings = Deployment.Of(size).SettingsOf(app);

        Assert.All(AppSettings.Schedules(app), name => CrontabSchedule.Parse(settings[name], new CrontabSchedule.ParseOptions { IncludingSeconds = true }));
    }

    // The vault's answers in the place of the references to it, and what the local transport wants instead of Service Bus.
    private static Dictionary<string, string> Filled(IReadOnlyDictionary<string, string> settings) =>
        WithServiceBus(settings).ToDictionary(setting => setting.Key, setting => Reference().Match(setting.Value).Groups[1].Value switch
        {
            "" => setting.Value,
            "PAYMENT-ENCRYPTION-KEY" => Convert.ToBase64String(new byte[32]),
            "MIDTRANS-SERVER-KEY" => setting.Value.Contains("-dev-") ? "SB-Mid-server-1" : "Mid-server-1",
            "MIDTRANS-CLIENT-KEY" => setting.Value.Contains("-dev-") ? "SB-Mid-client-1" : "Mid-client-1",
            "APPLICATIONINSIGHTS-CONNECTION-STRING" => "InstrumentationKey=00000000-0000-0000-0000-000000000001",
            var name when name.StartsWith("TELEGRAM", StringComparison.Ordinal) => "123456:abcdefgh",
            _ => new string('x', 40),
        });

    private static Dictionary<string, string> WithServiceBus(IReadOnlyDictionary<string, string> settings) => new(settings) { ["ServiceBus"] = "Host=127.0.0.1" };

    private static IEnumerable<string> Shown()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Codebase.Root, "local.settings.sample.json")));
        return [.. sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name)];
    }

    [GeneratedRegex("^(AzureWebJobsStorage__|AzureFunctionsJobHost__|ServiceBus__|AZURE_|DOTNET_|APPLICATIONINSIGHTS_AUTHENTICATION_STRING$)")]
    private static partial Regex OfTheHost();

    [GeneratedRegex("PASSWORD|SECRET|_KEY|TOKEN|PEPPER|CONNECTION_STRING")]
    private static partial Regex SecretName();

    [GeneratedRegex("_HOURS$|_SCHEDULE$|PASSKEY|_DAYS$")]
    private static partial Regex NotSecret();

    [GeneratedRegex(@"^@Microsoft\.KeyVault\(VaultName=[a-z0-9-]+;SecretName=([A-Z0-9-]+)\)$")]
    private static partial Regex Reference();
}
