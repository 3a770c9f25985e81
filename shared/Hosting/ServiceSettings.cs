using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>Settings are one small record per concern, named like the environment's variables and checked before anything starts.</summary>
public static class ServiceSettings
{
    /// <summary>Binds the record by its <see cref="ConfigurationKeyNameAttribute"/>s and checks its attributes at start.</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IHostApplicationBuilder builder) where T : class
    {
        builder.Services.AddSingleton<IValidateOptions<T>>(new SettingsCheck<T>(builder.Environment));
        var settings = builder.Configuration;
        return builder.Services.AddOptions<T>().Configure(options => Bind(settings, options)).ValidateOnStart();
    }

    // What cannot be read at all is as wrong as what may not be.
    private static void Bind<T>(IConfiguration settings, T options) where T : class
    {
        try
        {
            settings.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(typeof(T).Name, typeof(T), [$"A setting cannot be read. {exception.Message}"]);
        }
    }

    private sealed class SettingsCheck<T>(IHostEnvironment environment) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            var failures = results.Select(Sentence).Concat(SampleValues(options)).Concat(UnresolvedReferences(options)).ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }

        private static string Sentence(ValidationResult result)
        {
            var property = result.MemberNames.FirstOrDefault() ?? "";
            var setting = SettingOf(property);
            return $"The setting {setting} is missing or wrong. {result.ErrorMessage!.Replace($"The {property} field", "It").Replace($"The field {property}", "It")} "
                + "local.settings.sample.json shows every setting with an example.";
        }

        // What stands in the sample file is known to everybody.
        private IEnumerable<string> SampleValues(T options) => environment.IsProduction()
            ? from property in typeof(T).GetProperties()
              where property.PropertyType == typeof(string) && (string?)property.GetValue(options) is { } value
                  && (value.StartsWith("local-", StringComparison.Ordinal) || value.Contains("SAMPLE", StringComparison.Ordinal))
              select $"The setting {SettingOf(property.Name)} holds a sample value, which Production refuses. Set a secret of your own."
            : [];

        // The platform hands on a reference that it cannot resolve as it is: long enough to pass for a secret, and known to everybody who
        // can read the template.
        private static IEnumerable<string> UnresolvedReferences(T options) =>
            from property in typeof(T).GetProperties()
            where property.PropertyType == typeof(string)
                && (string?)property.GetValue(options) is { } value && value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase)
            select $"The setting {SettingOf(property.Name)} is a reference to Key Vault that was not resolved. "
                + "Put the secret into the vault and let the app's identity read it.";

        private static string SettingOf(string property) =>
            typeof(T).GetProperty(property)?.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property;
    }
}
