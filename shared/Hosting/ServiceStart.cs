using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>The last line of every Program.cs.</summary>
public static class ServiceStart
{
    /// <summary>Runs the app, or says on standard error what is wrong with its settings, a sentence each, and ends with exit code 1.</summary>
    public static void RunService(this FunctionsApplicationBuilder builder)
    {
        var wrong = WrongSettings(builder.Services);
        if (wrong.Count == 0)
        {
            builder.Build().Run();
            return;
        }

        foreach (var sentence in wrong)
            Console.Error.WriteLine(sentence);
        Environment.ExitCode = 1;
    }

    // Before the host is built: what it is built from reads settings too, and its own words for a missing one are a stack trace.
    internal static IReadOnlyList<string> WrongSettings(IServiceCollection services)
    {
        using var settings = services.BuildServiceProvider();
        try
        {
            settings.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            return [.. exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures).Distinct()];
        }
    }
}
