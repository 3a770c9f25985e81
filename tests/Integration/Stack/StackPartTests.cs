using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class StackPartTests
{
    private readonly StackPart part = new("users", "http://127.0.0.1:8021", "users.log");

    [Fact]
    public async Task The_end_of_one_that_was_ready_is_told()
    {
        await part.StartAsync(() => Task.CompletedTask);

        Assert.True(part.End());
        Assert.Equal(PartState.Ended, part.State);
    }

    [Fact]
    public async Task The_end_of_one_that_starts_is_told_by_its_start()
    {
        await Assert.ThrowsAsync<StackException>(() => part.StartAsync(() =>
        {
            Assert.False(part.End());
            throw new StackException("users ended with exit code 1 while it was starting.");
        }));

        Assert.Equal(PartState.Ended, part.State);
    }

    [Fact]
    public async Task One_that_ends_at_the_end_of_its_start_is_not_ready()
    {
        var failure = await Assert.ThrowsAsync<StackException>(() => part.StartAsync(() =>
        {
            Assert.False(part.End());
            return Task.CompletedTask;
        }));

        Assert.Contains("users.log", failure.Message);
        Assert.Equal(PartState.Ended, part.State);
    }
}
