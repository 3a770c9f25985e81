using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Tests.Unit.Users;

public sealed class KeyScheduleTests
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_key_signs_at_once() => Assert.Equal(Start, KeySchedule.NextSignsFrom([], Start, TokenLife));

    [Theory]
    [InlineData(0, false)]
    [InlineData(87.9, false)]
    [InlineData(88, true)]
    [InlineData(88.99, true)]
    public void The_next_key_is_made_a_day_before_it_signs(double days, bool isDue)
    {
        var next = KeySchedule.NextSignsFrom([Key(Start)], Start.AddDays(days), TokenLife);

        Assert.Equal(isDue ? Start.AddDays(89) : null, next);
    }

    [Fact]
    public void A_key_that_nobody_made_in_time_signs_at_once()
    {
        var now = Start.AddDays(100);

        Assert.Equal(now, KeySchedule.NextSignsFrom([Key(Start)], now, TokenLife));
    }

    [Fact]
    public void Nothing_is_made_twice() =>
        Assert.Null(KeySchedule.NextSignsFrom([Key(Start), Key(Start.AddDays(89))], Start.AddDays(88.5), TokenLife));

    [Theory]
    [InlineData(88.99, 0)]
    [InlineData(89, 89)]
    [InlineData(120, 89)]
    public void The_key_that_began_last_signs(double days, double signsFrom)
    {
        var current = KeySchedule.Current([Key(Start), Key(Start.AddDays(89))], Start.AddDays(days), TokenLife);

        Assert.Equal(Start.AddDays(signsFrom), current.SignsFrom);
    }

    [Fact]
    public void A_key_of_an_instance_whose_clock_is_ahead_signs_when_there_is_no_other() =>
        Assert.Equal(Start.AddSeconds(3), KeySchedule.Current([Key(Start.AddSeconds(3))], Start, TokenLife).SignsFrom);

    [Fact]
    public void No_token_outlives_its_key() =>
        Assert.Throws<InvalidOperationException>(() => KeySchedule.Current([Key(Start)], Start + KeySchedule.Life - TokenLife, TokenLife));

    private static SigningKeyRow Key(DateTimeOffset signsFrom) => new($"{signsFrom:O}", [], [], signsFrom, signsFrom + KeySchedule.Life);
}
