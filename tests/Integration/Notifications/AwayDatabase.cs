namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>A database that refuses, as one that is starting does, to give the notifications of one user a status.</summary>
public sealed class AwayDatabase(NotificationsDesk desk) : IAsyncDisposable
{
    private const string Tries = "notification_management.tries_while_away";

    public static async Task<AwayDatabase> RefuseAsync(NotificationsDesk desk, Guid user, string status, int times)
    {
        // What a sequence has counted stays counted when the transaction fails.
        await desk.QueryAsync<int>(
            $"""
            create sequence {Tries};
            create function notification_management.be_away() returns trigger language plpgsql security definer as $$
            begin
                if nextval('{Tries}') <= {times} then raise exception 'away' using errcode = '57P03'; end if;
                return new;
            end $$;
            create trigger be_away before update on notification_management.notification_history
                for each row when (new.user_id = '{user}' and new.status = '{status}') execute function notification_management.be_away();
            """,
            new { });
        return new AwayDatabase(desk);
    }

    public Task UntilRefusedAsync() => Eventually.HoldsAsync(
        async () => (await desk.QueryAsync<bool>($"select is_called from {Tries}", new { })).Single(), "Nobody tried to write it.");

    /// <summary>It is back.</summary>
    public async ValueTask DisposeAsync() => await desk.QueryAsync<int>(
        $"""
        drop trigger be_away on notification_management.notification_history;
        drop function notification_management.be_away();
        drop sequence {Tries};
        """,
        new { });
}
