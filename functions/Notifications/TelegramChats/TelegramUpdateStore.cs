using Dapper;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.TelegramChats;

public enum UpdateClaim
{
    Taken,
    DoneBefore,
    InWork,
}

/// <summary>SQL of <c>telegram_updates</c>: which updates were done, so that a repeated one does nothing. They belong to a bot and no tenant.</summary>
public sealed class TelegramUpdateStore(Database database)
{
    // Longer than the work of any update.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public async Task<UpdateClaim> ClaimAcrossTenantsAsync(string bot, long update, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with claimed as (
                insert into telegram_updates (bot, update_id, received_at)
                values (@bot, @update, @now)
                on conflict (bot, update_id) do update
                set received_at = excluded.received_at
                where telegram_updates.done_at is null and telegram_updates.received_at < @lost
                returning 1)
            select case when exists (select from claimed) then 'taken'
                when (select done_at from telegram_updates where bot = @bot and update_id = @update) is null then 'inwork'
                else 'donebefore' end
            """;
        await using var connection = database.OpenAcrossTenants();
        var claim = await connection.ExecuteScalarAsync<string>(
            new CommandDefinition(sql, new { bot, update, now, lost = now - Lease }, cancellationToken: cancellationToken));
        return Enum.Parse<UpdateClaim>(claim!, ignoreCase: true);
    }

    public Task FinishAcrossTenantsAsync(string bot, long update, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        "update telegram_updates set done_at = @now where bot = @bot and update_id = @update", new { bot, update, now }, cancellationToken);

    /// <summary>Lets Telegram's next try have it.</summary>
    public Task ReleaseAcrossTenantsAsync(string bot, long update, CancellationToken cancellationToken) => ExecuteAsync(
        "delete from telegram_updates where bot = @bot and update_id = @update and done_at is null", new { bot, update }, cancellationToken);

    /// <summary>Telegram repeats an update for a day, and a start link lives ten minutes.</summary>
    public Task ForgetAcrossTenantsAsync(DateTimeOffset before, CancellationToken cancellationToken) => ExecuteAsync(
        """
        delete from telegram_updates where received_at < @before;
        delete from telegram_link_tokens where expires_at < @before;
        """,
        new { before },
        cancellationToken);

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
