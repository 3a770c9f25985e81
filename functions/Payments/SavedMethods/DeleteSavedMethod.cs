using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>Forgets saved methods here, and unlinks wallets at the provider: noted with the forgetting, done after it.</summary>
public sealed class DeleteSavedMethod(
    Database database, SavedMethodStore methods, CardWishStore wishes, WalletUnlinkStore unlinks, UnlinkWallet unlink, TimeProvider time)
{
    /// <summary>False when the user has no such method.</summary>
    public async Task<bool> RunAsync(TenantId tenant, Guid user, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        IReadOnlyList<Guid> linked;
        await using (var transaction = await database.BeginAsync(tenant, cancellationToken))
        {
            linked = await unlinks.NoteAsync(transaction, user, id, now + UnlinkWallet.FirstTry, now, cancellationToken);
            if (!await methods.DeleteAsync(transaction, user, id, now, cancellationToken))
                return false;
            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var wallet in linked)
            await unlink.RunAsync(tenant, wallet, cancellationToken);
        return true;
    }

    /// <summary>
    /// Forgets all of a user's methods, and that a card he still pays with was to be kept; returns the wallets that are to be unlinked once this is
    /// committed.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> ForgetAllAsync(
        TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // First, as whoever keeps a card takes the payment's row before he changes the user's methods.
        await wishes.DropOfUserAsync(transaction, user, now, cancellationToken);
        var linked = await unlinks.NoteAsync(transaction, user, null, now + UnlinkWallet.FirstTry, now, cancellationToken);
        await methods.DeleteOfUserAsync(transaction, user, now, cancellationToken);
        return linked;
    }
}
