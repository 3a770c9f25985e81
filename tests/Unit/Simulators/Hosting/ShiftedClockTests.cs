using System.Buffers.Binary;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Tests.Unit.Simulators.Hosting;

public sealed class ShiftedClockTests
{
    [Fact]
    public void Moving_the_offset_in_the_file_moves_the_clock_at_once()
    {
        var path = Path.GetTempFileName();
        try
        {
            Write(path, TimeSpan.Zero);
            using var clock = new ShiftedClock(path);
            Assert.InRange(clock.GetUtcNow() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));

            Write(path, TimeSpan.FromDays(31));

            Assert.InRange(clock.GetUtcNow() - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(30.9), TimeSpan.FromDays(31.1));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_no_clock_is_refused_with_its_name()
    {
        var problem = Assert.Throws<InvalidOperationException>(() => new ShiftedClock("no-such-clock"));

        Assert.Contains("no-such-clock", problem.Message);
        Assert.Contains("LOCAL_CLOCK_FILE", problem.Message);
    }

    // In place, as the stack does: the file stays mapped meanwhile.
    static void Write(string path, TimeSpan offset)
    {
        Span<byte> ticks = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(ticks, offset.Ticks);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Write(ticks);
    }
}
