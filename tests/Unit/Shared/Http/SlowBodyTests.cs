using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class SlowBodyTests
{
    private readonly Pipe line = new();
    private readonly DefaultHttpContext http = new();

    public SlowBodyTests() => http.Request.Body = line.Reader.AsStream();

    [Theory]
    [InlineData(2048, 10)]
    [InlineData(RequestBody.MaxBytes, 10)]
    [InlineData(4 * RequestBody.MaxBytes, 40)]
    public void A_body_that_may_be_larger_may_take_longer(int limit, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RequestBody.PatienceFor(limit));

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_given_up()
    {
        await line.Writer.WriteAsync("{"u8.ToArray());

        var late = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(TimeSpan.FromMilliseconds(1)));

        Assert.Equal((408, "BODY_TOO_SLOW"), (late.Status, late.Code));
    }

    [Fact]
    public async Task The_time_is_one_for_all_of_the_body()
    {
        http.Request.Body = new Drops();

        var late = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(TimeSpan.FromMilliseconds(20)));

        Assert.Equal(408, late.Status);
    }

    [Fact]
    public async Task A_body_that_is_there_at_once_is_never_late()
    {
        await line.Writer.WriteAsync("{}"u8.ToArray());
        await line.Writer.CompleteAsync();

        Assert.Equal("{}"u8.ToArray(), (await ReadAsync(TimeSpan.Zero)).ToArray());
    }

    [Fact]
    public async Task Who_leaves_meanwhile_has_left()
    {
        using var caller = new CancellationTokenSource();
        var reading = ReadAsync(TimeSpan.FromHours(1), caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public void Nothing_else_reads_a_body()
    {
        var readers = Codebase.Sources("functions", "shared").Where(source => source.Text.Contains("equest.Body", StringComparison.Ordinal));

        Assert.Equal(["shared/Http/RequestBody.cs"], readers.Select(source => source.Path));
    }

    private Task<ReadOnlyMemory<byte>> ReadAsync(TimeSpan patience, CancellationToken cancellationToken = default) =>
        RequestBody.BytesAsync(http.Request, RequestBody.MaxBytes, patience, cancellationToken);

    // A byte a millisecond, without an end.
    private sealed class Drops : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            return 1;
        }
    }
}
