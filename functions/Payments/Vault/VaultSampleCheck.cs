using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Payments.Vault;

/// <summary>The sample key is Base64 of a readable text, so the check for sample values does not see it.</summary>
internal sealed class VaultSampleCheck(IHostEnvironment environment) : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        var bytes = new byte[options.Key.Length];
        return environment.IsProduction() && Convert.TryFromBase64String(options.Key, bytes, out var length)
            && bytes.AsSpan(0, length).IndexOf("SAMPLE"u8) >= 0
            ? ValidateOptionsResult.Fail("The setting PAYMENT_ENCRYPTION_KEY holds the sample key, which Production refuses. Set a secret of your own.")
            : ValidateOptionsResult.Success;
    }
}
