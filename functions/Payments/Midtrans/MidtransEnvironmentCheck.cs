using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Production takes real money only: with a sandbox key every payer would seem to have paid.</summary>
internal sealed class MidtransEnvironmentCheck(IHostEnvironment environment) : IValidateOptions<MidtransOptions>
{
    public ValidateOptionsResult Validate(string? name, MidtransOptions options) =>
        environment.IsProduction() && (MidtransKeys.IsSandbox(options.ServerKey) || MidtransKeys.IsSandbox(options.ClientKey))
            ? ValidateOptionsResult.Fail("The setting MIDTRANS_SERVER_KEY or MIDTRANS_CLIENT_KEY is a key of the sandbox, which Production refuses.")
            : ValidateOptionsResult.Success;
}
