using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Tests.Unit.Shared.Time;

public sealed class LocalClockTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly FakeTimeProvider system = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_offset_in_the_file_is_added_to_the_system_clock_and_followed_when_it_moves()
    {
        Write(TimeSpan.Zero);
        using var clock = LocalClock.Open(path, system);
        Assert.Equal(system.GetUtcNow(), clock.GetUtcNow());

        Write(TimeSpan.FromDays(31));
        Assert.Equal(system.GetUtcNow().AddDays(31), clock.GetUtcNow());
    }

    [Fact]
    public void A_missing_file_is_refused_with_the_name_of_the_setting()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => LocalClock.Open(path));
        Assert.Contains("LOCAL_CLOCK_FILE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_short_is_refused()
    {
        File.WriteAllBytes(path, [1, 2, 3]);
        var refused = Assert.Throws<InvalidOperationException>(() => LocalClock.Open(path));
        Assert.Contains("3 bytes instead of 8", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(path);

    private void Write(TimeSpan offset)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, offset.Ticks);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(bytes);
    }
}
