using System.Reflection;
using ServerlessBusiness.Runtime.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

public static class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) =>
        new(args, RuntimeOptions.ForEntryAssembly(Assembly.GetEntryAssembly()!));
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    // The local runtime always speaks ASP.NET Core; the real one needs to be told.
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
