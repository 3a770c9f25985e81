using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Users.Passwords;

/// <summary>Cheap hashes are for tests, which make thousands.</summary>
internal sealed class PasswordCostCheck(IHostEnvironment environment) : IValidateOptions<PasswordOptions>
{
    public ValidateOptionsResult Validate(string? name, PasswordOptions options) =>
        environment.IsProduction() && options.Cost < PasswordScheme.LeastCost
            ? ValidateOptionsResult.Fail($"The setting BCRYPT_COST is at least {PasswordScheme.LeastCost} in Production.")
            : ValidateOptionsResult.Success;
}
