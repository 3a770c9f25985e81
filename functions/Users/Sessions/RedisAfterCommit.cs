using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>
/// Tells Redis what was committed. Without Redis it is done all the same and answered so, for nobody would do it twice: nobody is let in
/// meanwhile, and the message of the same transaction tells Redis when it is back, unless what it holds runs out by itself.
/// </summary>
public sealed partial class RedisAfterCommit(ILogger<RedisAfterCommit> logger)
{
    public async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogAway(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis could not be told what was committed; if it must know, the message of it will.")]
    private partial void LogAway(Exception exception);
}
