using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace ServerlessBusiness.Payments.Vault;

/// <param name="Sealed">Now under the current key.</param>
/// <param name="Unreadable">Under a key that is not given; the log names their rows.</param>
public sealed record ReencryptionView(int Sealed, int Unreadable);

/// <summary>Seals under the current key whatever an earlier one sealed. Can be stopped and repeated at any time.</summary>
public sealed partial class ReencryptSecrets(SealedStore store, PaymentVault vault, ILogger<ReencryptSecrets> logger)
{
    private const int AtOnce = 200;

    public async Task<ReencryptionView> RunAsync(CancellationToken cancellationToken)
    {
        var (done, unreadable, after) = (0, 0, Guid.Empty);
        IReadOnlyList<SealedRow> rows;
        do
        {
            rows = await store.ListOutdatedAcrossTenantsAsync(vault.CurrentPrefix, after, AtOnce, cancellationToken);
            foreach (var row in rows)
            {
                after = row.Id;
                try
                {
                    var anew = vault.Seal(vault.Open(row.Text, row.Place), row.Place);
                    if (await store.ReplaceAsync(row.Tenant, row, anew, cancellationToken))
                        done++;
                }
                catch (CryptographicException problem)
                {
                    unreadable++;
                    LogUnreadable(row.Type, row.Id, row.Tenant.Value, problem.Message);
                }
            }
        }
        while (rows.Count == AtOnce);
        return new ReencryptionView(done, unreadable);
    }

    [LoggerMessage(LogLevel.Error, "The {Type} of {RowId} in tenant {Tenant} cannot be opened: {Problem}")]
    private partial void LogUnreadable(string type, Guid rowId, string tenant, string problem);
}
