using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Tests.Unit.Runtime;

// Code that compiles against the local runtime has to compile against the real packages too. The list is what the reference of the worker
// names (or, for a few members, what its sources declare); the runtime may have less, never more.
public sealed class PublicSurfaceTests
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["Microsoft.Azure.Functions.Worker.FunctionAttribute"] = ".ctor Name",
        ["Microsoft.Azure.Functions.Worker.RetryAttribute"] = ".ctor MaxRetryCount",
        ["Microsoft.Azure.Functions.Worker.FixedDelayRetryAttribute"] = ".ctor DelayInterval",
        ["Microsoft.Azure.Functions.Worker.ExponentialBackoffRetryAttribute"] = ".ctor MinimumInterval MaximumInterval",
        ["Microsoft.Azure.Functions.Worker.HttpTriggerAttribute"] = ".ctor Route Methods AuthLevel",
        ["Microsoft.Azure.Functions.Worker.AuthorizationLevel"] = "Anonymous User Function System Admin",
        ["Microsoft.Azure.Functions.Worker.HttpResultAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.TimerTriggerAttribute"] = ".ctor Schedule UseMonitor RunOnStartup",
        ["Microsoft.Azure.Functions.Worker.TimerInfo"] = ".ctor ScheduleStatus IsPastDue",
        ["Microsoft.Azure.Functions.Worker.ScheduleStatus"] = ".ctor Last Next LastUpdated",
        ["Microsoft.Azure.Functions.Worker.ServiceBusTriggerAttribute"] =
            ".ctor QueueName TopicName SubscriptionName Connection IsSessionsEnabled IsBatched AutoCompleteMessages",
        ["Microsoft.Azure.Functions.Worker.ServiceBusOutputAttribute"] = ".ctor Connection EntityType",
        ["Microsoft.Azure.Functions.Worker.ServiceBusEntityType"] = "Queue Topic",
        ["Microsoft.Azure.Functions.Worker.Extensions.Abstractions.BindingAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.Extensions.Abstractions.InputBindingAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.Extensions.Abstractions.OutputBindingAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.FunctionContext"] =
            ".ctor InvocationId FunctionId InstanceServices FunctionDefinition Items BindingContext Features TraceContext RetryContext "
            + "CancellationToken",
        ["Microsoft.Azure.Functions.Worker.BindingContext"] = ".ctor BindingData",
        ["Microsoft.Azure.Functions.Worker.RetryContext"] = ".ctor RetryCount MaxRetryCount",
        ["Microsoft.Azure.Functions.Worker.TraceContext"] = ".ctor TraceParent TraceState",
        ["Microsoft.Azure.Functions.Worker.IInvocationFeatures"] = "Get Set",
        ["Microsoft.Azure.Functions.Worker.FunctionDefinition"] =
            ".ctor Id Name EntryPoint PathToAssembly Parameters InputBindings OutputBindings",
        ["Microsoft.Azure.Functions.Worker.FunctionParameter"] = ".ctor Name Type",
        ["Microsoft.Azure.Functions.Worker.BindingMetadata"] = ".ctor Name Type Direction",
        ["Microsoft.Azure.Functions.Worker.BindingDirection"] = "In Out",
        ["Microsoft.Azure.Functions.Worker.FunctionContextLoggerExtensions"] = "GetLogger",
        ["Microsoft.Azure.Functions.Worker.FunctionContextBindingFeatureExtensions"] = "GetInvocationResult",
        ["Microsoft.Azure.Functions.Worker.InvocationResult"] = "Value",
        ["Microsoft.Azure.Functions.Worker.HttpContextExtensions"] = "GetHttpContext",
        ["Microsoft.Azure.Functions.Worker.IFunctionsWorkerApplicationBuilder"] = "Services Use",
        ["Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute"] = ".ctor",
        ["Microsoft.Azure.Functions.Worker.Middleware.FunctionExecutionDelegate"] = ".ctor Invoke BeginInvoke EndInvoke",
        ["Microsoft.Azure.Functions.Worker.Middleware.IFunctionsWorkerMiddleware"] = "Invoke",
        ["Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication"] = "CreateBuilder",
        ["Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder"] =
            "Configuration Environment Logging Metrics Services Use Build",
        ["Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilderExtensions"] = "ConfigureFunctionsWebApplication",
        ["Microsoft.Extensions.Hosting.MiddlewareWorkerApplicationBuilderExtensions"] = "UseMiddleware UseWhen",
    };

    [Fact]
    public void The_runtime_offers_no_type_that_the_real_worker_lacks()
    {
        var unknown = Exported().Select(type => type.FullName!).Where(name => !Known.ContainsKey(name));

        Assert.Empty(unknown);
    }

    [Fact]
    public void The_runtime_offers_no_member_that_the_real_worker_lacks()
    {
        var unknown = from type in Exported()
                      let known = Known.GetValueOrDefault(type.FullName!, "").Split(' ')
                      from member in Members(type)
                      where !known.Contains(member)
                      select $"{type.Name}.{member}";

        Assert.Empty(unknown);
    }

    private static Type[] Exported() => typeof(FunctionAttribute).Assembly.GetExportedTypes();

    private static IEnumerable<string> Members(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(member => member is not MethodInfo { IsSpecialName: true } && member.Name != "value__")
        .Select(member => member.Name)
        .Distinct();
}
