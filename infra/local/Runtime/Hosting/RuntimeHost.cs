using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Http;
using ServerlessBusiness.Runtime.Functions;
using ServerlessBusiness.Runtime.Messages;
using ServerlessBusiness.Runtime.Timers;

namespace ServerlessBusiness.Runtime.Hosting;

// Puts the host together: Kestrel on the loopback address, and the functions behind it.
internal static class RuntimeHost
{
    private const string DefaultPort = "7071";

    public static WebApplicationBuilder CreateBuilder(string[] args, RuntimeOptions options)
    {
        LocalSettingsFile.Apply(options.Directory);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Files do not change under a running app; watching them costs time at every start.
            Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"],
            ContentRootPath = options.Directory,
            EnvironmentName = options.Setting("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Production,
        });

        // The builder's own configuration would take PORT from the environment too, which many a shell sets for other programs.
        var port = new ConfigurationBuilder().AddCommandLine(args).Build()["port"] ?? options.Setting("FUNCTIONS_PORT") ?? DefaultPort;
        builder.WebHost.UseUrls($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}");
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddMvcCore();
        return builder;
    }

    public static IHost Build(
        WebApplicationBuilder builder,
        RuntimeOptions options,
        IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(HostSettings.Read(options.Directory));
        services.AddSingleton(FunctionCatalog.Load(options));
        services.AddSingleton(new FunctionPipeline(middleware));
        services.AddSingleton<BackgroundInvoker>();
        services.AddSingleton<CrashPoint>();
        services.AddSingleton<MessageService>();
        services.TryAddSingleton(TimerMonitor);
        services.AddSingleton<TimerService>();
        services.AddSingleton<AdminEndpoint>();
        // Added last, it starts after the app's own services and stops before them.
        services.AddHostedService<TriggerService>();

        var app = builder.Build();
        // Made here rather than at the start, so that what is wrong with them is said before anything runs.
        app.Services.GetRequiredService<MessageService>();
        app.Run(Entry(app.Services).InvokeAsync);
        return app;
    }

    private static HttpEntry Entry(IServiceProvider services)
    {
        var routes = new RouteTable(
            services.GetRequiredService<FunctionCatalog>(),
            services.GetRequiredService<HostSettings>().RoutePrefix,
            services.GetRequiredService<IInlineConstraintResolver>());
        return new HttpEntry(
            routes,
            services.GetRequiredService<FunctionPipeline>(),
            services.GetRequiredService<AdminEndpoint>(),
            services.GetRequiredService<ILogger<HttpEntry>>(),
            services.GetService<IHttpContextAccessor>());
    }

    private static ITimerMonitor TimerMonitor(IServiceProvider services)
    {
        var options = services.GetRequiredService<RuntimeOptions>();
        return options.Setting("ServiceBus") is { Length: > 0 } connection
            ? new PostgresTimerMonitor(
                BrokerConnection.CreateDataSource(connection), services.GetRequiredService<IHostEnvironment>().ApplicationName)
            : new MemoryTimerMonitor();
    }
}
