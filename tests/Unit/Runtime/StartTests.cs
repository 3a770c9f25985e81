using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using ServerlessBusiness.Runtime.Hosting;

namespace ServerlessBusiness.Tests.Unit.Runtime;

public sealed class StartTests
{
    [Fact]
    public void Two_functions_of_one_name_stop_the_start()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RunningApp.Build([typeof(TwinSampleOne), typeof(TwinSampleTwo)]));

        Assert.Contains("TwinSampleOne.Run", failure.Message);
        Assert.Contains("TwinSampleTwo.Run", failure.Message);
    }

    [Fact]
    public void A_listener_without_its_connection_setting_stops_the_start_and_names_the_setting()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RunningApp.Build([typeof(ListenerSample)]));

        Assert.Contains("'SampleBus'", failure.Message);
    }

    [Fact]
    public void A_schedule_from_a_missing_setting_stops_the_start_and_names_the_setting()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RunningApp.Build([typeof(PlaceholderTimerSample)]));

        Assert.Contains("'SAMPLE_SCHEDULE'", failure.Message);
    }

    [Fact]
    public void A_retry_attribute_on_an_http_function_stops_the_start()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RunningApp.Build([typeof(RetriedHttpSample)]));

        Assert.Contains("AZFW0012", failure.Message);
    }

    [Theory]
    [InlineData("AzureWebJobs.Listener.Disabled")]
    [InlineData("AzureWebJobs_Listener_Disabled")]
    public async Task A_disabled_function_does_not_load(string name)
    {
        var settings = new Dictionary<string, string> { [name] = "true" };
        var host = RunningApp.Build([typeof(ListenerSample)], settings: settings);

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public void A_port_that_the_shell_has_for_other_programs_is_not_the_apps()
    {
        var before = Environment.GetEnvironmentVariable("PORT");
        Environment.SetEnvironmentVariable("PORT", "3000");
        try
        {
            var options = new RuntimeOptions([], Path.GetTempPath(), name => name == "FUNCTIONS_PORT" ? "8021" : null);

            Assert.Equal("http://127.0.0.1:8021", new FunctionsApplicationBuilder([], options).Configuration["urls"]);
            Assert.Equal("http://127.0.0.1:8022", new FunctionsApplicationBuilder(["--port", "8022"], options).Configuration["urls"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PORT", before);
        }
    }

    [Fact]
    public void Values_of_local_settings_become_environment_variables_unless_they_are_set()
    {
        var folder = Directory.CreateTempSubdirectory();
        File.WriteAllText(
            Path.Combine(folder.FullName, "local.settings.json"),
            """{ "IsEncrypted": false, "Values": { "SAMPLE_FREE": "from the file", "SAMPLE_TAKEN": "from the file" } }""");
        Environment.SetEnvironmentVariable("SAMPLE_TAKEN", "from outside");

        LocalSettingsFile.Apply(folder.FullName);

        Assert.Equal("from the file", Environment.GetEnvironmentVariable("SAMPLE_FREE"));
        Assert.Equal("from outside", Environment.GetEnvironmentVariable("SAMPLE_TAKEN"));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Host_settings_come_from_host_json_and_have_the_real_defaults()
    {
        var folder = Directory.CreateTempSubdirectory();
        File.WriteAllText(
            Path.Combine(folder.FullName, "host.json"),
            """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" }, "serviceBus": { "maxConcurrentCalls": 3 } } }""");

        var settings = HostSettings.Read(folder.FullName);

        Assert.Equal(new HostSettings("", 3, 1000, true, TimeSpan.FromMinutes(5)), settings);
        folder.Delete(recursive: true);
    }
}

public sealed class TwinSampleOne
{
    [Function("Twin")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Ok();
}

public sealed class TwinSampleTwo
{
    [Function("twin")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Ok();
}

public sealed class ListenerSample
{
    [Function("Listener")]
    public void Run([ServiceBusTrigger("orders", Connection = "SampleBus")] string body)
    {
    }
}

public sealed class PlaceholderTimerSample
{
    [Function("Placeholder")]
    public void Run([TimerTrigger("%SAMPLE_SCHEDULE%")] TimerInfo timer)
    {
    }
}

public sealed class RetriedHttpSample
{
    [Function("Retried")]
    [FixedDelayRetry(3, "00:00:01")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Ok();
}
