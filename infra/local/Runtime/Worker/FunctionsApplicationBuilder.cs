using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Runtime.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly RuntimeOptions options;
    private readonly WebApplicationBuilder inner;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];

    internal FunctionsApplicationBuilder(string[] args, RuntimeOptions options)
    {
        this.options = options;
        inner = RuntimeHost.CreateBuilder(args, options);
    }

    public ConfigurationManager Configuration => inner.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public IHostEnvironment Environment => inner.Environment;

    public ILoggingBuilder Logging => inner.Logging;

    public IMetricsBuilder Metrics => inner.Metrics;

    public IServiceCollection Services => inner.Services;

    IDictionary<object, object> IHostApplicationBuilder.Properties => ((IHostApplicationBuilder)inner).Properties;

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        this.middleware.Add(middleware);
        return this;
    }

    public IHost Build() => RuntimeHost.Build(inner, options, middleware);

    void IHostApplicationBuilder.ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure) =>
        ((IHostApplicationBuilder)inner).ConfigureContainer(factory, configure);
}
