using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Runtime;

namespace ServerlessBusiness.Tests.Unit.Shared.Auth;

public sealed class PublishedKeysTests : IAsyncLifetime
{
    private readonly SleepersClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Source source = new();
    private readonly PublishedKeys keys;
    private readonly PublishedKeysRefresh refresh;

    public PublishedKeysTests()
    {
        keys = new PublishedKeys(clock);
        refresh = new PublishedKeysRefresh(source, keys, clock, NullLogger<PublishedKeysRefresh>.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await refresh.StopAsync(CancellationToken.None);
        refresh.Dispose();
    }

    [Fact]
    public async Task However_many_unknown_keys_are_named_nobody_is_asked_for_them()
    {
        source.Publishes("one");
        await StartAsync();

        for (var stranger = 0; stranger < 1000; stranger++)
            Assert.Null(await FindAsync($"stranger-{stranger}"));

        Assert.NotNull(await FindAsync("one"));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public async Task A_new_key_is_known_half_a_minute_after_it_was_published_and_one_that_is_gone_no_more()
    {
        source.Publishes("one");
        await StartAsync();
        source.Publishes("two");

        await PassAsync(seconds: 29);
        Assert.Null(await FindAsync("two"));
        await PassAsync(seconds: 1);

        Assert.NotNull(await FindAsync("two"));
        Assert.Null(await FindAsync("one"));
    }

    [Fact]
    public async Task Keys_that_were_good_go_on_being_used_while_nobody_publishes_any()
    {
        source.Publishes("one");
        await StartAsync();
        source.Fails = true;
        await PassAsync(seconds: 40);
        Assert.NotNull(await FindAsync("one"));

        source.Fails = false;
        source.Publishes("two");
        await PassAsync(seconds: 1);

        Assert.NotNull(await FindAsync("two"));
    }

    [Fact]
    public async Task Who_comes_before_the_first_keys_waits_for_them_but_not_for_ever()
    {
        var waiting = FindAsync("one");
        Assert.False(waiting.IsCompleted);
        source.Publishes("one");
        await StartAsync();
        Assert.NotNull(await waiting);

        var alone = new PublishedKeys(clock).FindAsync("one", CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("KEYS_UNAVAILABLE", (await Assert.ThrowsAsync<ProblemException>(() => alone)).Code);
    }

    private Task<SecurityKey?> FindAsync(string id) => keys.FindAsync(id, CancellationToken.None);

    private async Task StartAsync()
    {
        var read = source.Reads;
        await refresh.StartAsync(CancellationToken.None);
        await source.UntilReadAsync(read + 1);
        await clock.AsleepAsync();
    }

    private async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            await clock.AsleepAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await clock.AsleepAsync();
    }

    private sealed class Source : IPublishedKeySource
    {
        private readonly SemaphoreSlim read = new(0);
        private volatile SecurityKey[] published = [];

        public int Reads { get; private set; }

        public bool Fails { get; set; }

        public void Publishes(string id) =>
            published = [new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id }];

        public async Task UntilReadAsync(int count)
        {
            while (Reads < count)
                await read.WaitAsync();
        }

        public Task<IReadOnlyCollection<SecurityKey>> ReadAsync(CancellationToken cancellationToken)
        {
            Reads++;
            read.Release();
            return Fails ? throw new HttpRequestException("Users is away.") : Task.FromResult<IReadOnlyCollection<SecurityKey>>(published);
        }
    }
}
