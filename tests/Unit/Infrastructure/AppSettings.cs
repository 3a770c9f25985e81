using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Notifications;
using ServerlessBusiness.Payments;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Subscriptions;
using ServerlessBusiness.Tests.Unit.Architecture;
using ServerlessBusiness.Users;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>An app's settings as its code sees them: it is put together with them, and every setting it asks for is noted.</summary>
internal sealed class AppSettings
{
    private static readonly Dictionary<string, Action<FunctionsApplicationBuilder>> Apps = new()
    {
        ["users"] = builder => builder.AddUsers(),
        ["subscriptions"] = builder => builder.AddSubscriptions(),
        ["payments"] = builder => builder.AddPayments(),
        ["notifications"] = builder => builder.AddNotifications(),
        ["billing"] = builder => builder.AddBilling(),
    };

    private readonly Notebook notebook = new();

    private AppSettings(string app, IReadOnlyDictionary<string, string> settings)
    {
        var service = ServiceIdentity.All.Single(one => one.Key == app);
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Environment.EnvironmentName = settings["AZURE_FUNCTIONS_ENVIRONMENT"];
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":"), (string?)setting.Value)));
        ((IConfigurationBuilder)builder.Configuration).Add(notebook);
        builder.AddServiceDefaults(service);
        builder.Services.AddSingleton(new FunctionCatalog(Assembly.Load(Codebase.AppNames.Single(name => name.Equals(app, StringComparison.OrdinalIgnoreCase)))));
        Apps[app](builder);
        Complaints = ServiceStart.WrongSettings(builder.Services);
    }

    /// <summary>What the app would say on standard error instead of starting.</summary>
    public IReadOnlyList<string> Complaints { get; }

    /// <summary>Names of settings that the code asked for, schedules included.</summary>
    public IReadOnlySet<string> Asked => notebook.Asked;

    public static AppSettings Read(string app, IReadOnlyDictionary<string, string> settings) => new(app, settings);

    public static IEnumerable<string> Schedules(string app) =>
        from method in Codebase.Functions
        let assembly = method.DeclaringType!.Assembly
        where assembly == Codebase.Shared || assembly.GetName().Name!.Equals(app, StringComparison.OrdinalIgnoreCase)
        from parameter in method.GetParameters()
        let schedule = parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule
        where schedule is ['%', .., '%']
        select schedule[1..^1];

    // A source of settings that has none and is asked first for each.
    private sealed class Notebook : ConfigurationProvider, IConfigurationSource
    {
        public HashSet<string> Asked { get; } = [];

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            Asked.Add(key);
            value = null;
            return false;
        }
    }
}
