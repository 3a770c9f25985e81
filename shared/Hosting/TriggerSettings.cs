using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Shared.Hosting;

/// <summary>The settings that timers name as their schedule, such as <c>%HOUSEKEEPING_SCHEDULE%</c>. The host passes over a timer whose setting is missing.</summary>
internal sealed record TriggerSettings;

internal sealed class TriggerSettingsCheck(FunctionCatalog catalog, IConfiguration settings) : IValidateOptions<TriggerSettings>
{
    public ValidateOptionsResult Validate(string? name, TriggerSettings options)
    {
        var missing =
            from method in catalog.Methods
            from parameter in method.GetParameters()
            let schedule = parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule
            where schedule is ['%', .., '%'] && string.IsNullOrWhiteSpace(settings[schedule[1..^1]])
            select $"The setting {schedule[1..^1]} is missing. It is the schedule of a timer, in six fields from the second to the weekday. "
                + "local.settings.sample.json shows every setting with an example.";
        var failures = missing.Order().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
