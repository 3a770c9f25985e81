using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace ServerlessBusiness.Simulators.Hosting;

// What a simulator remembers over a restart: a JSON file, written as a whole or not at all a moment after something has changed.
sealed class StateFile<T> : IAsyncDisposable where T : class
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    // The more there is to write, the less often it is written: a simulator is there to answer.
    const int PausePerWriting = 20;

    readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly string? _path;
    readonly Func<T> _state;
    readonly Task _writing;

    // Without a path nothing is kept, as in tests.
    public StateFile(string? path, Func<T> state)
    {
        _path = path;
        _state = state;
        _writing = path is null ? Task.CompletedTask : WriteChangesAsync(path);
    }

    // What was kept, or null at the first start.
    public static T? Read(string? path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path));
        }
        catch (JsonException problem)
        {
            throw new InvalidOperationException(
                $"{path} cannot be read: {problem.Message} Remove it, or start the stack with --fresh.", problem);
        }
    }

    public void Changed()
    {
        if (_path is not null)
            _changes.Writer.TryWrite(true);
    }

    // The last change is written before it ends.
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writing;
    }

    async Task WriteChangesAsync(string path)
    {
        await Task.Yield();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var pause = Moment;
        await foreach (var _ in _changes.Reader.ReadAllAsync())
        {
            await Task.WhenAny(Task.Delay(pause), _changes.Reader.Completion);
            var begun = Stopwatch.GetTimestamp();
            try
            {
                await WriteAsync(path);
            }
            catch (IOException problem)
            {
                await Console.Error.WriteLineAsync($"What {path} should hold will be forgotten at the next start: {problem.Message}");
            }

            pause = TimeSpan.FromTicks(Math.Max(Moment.Ticks, PausePerWriting * Stopwatch.GetElapsedTime(begun).Ticks));
        }
    }

    async Task WriteAsync(string path)
    {
        var next = path + ".new";
        await using (var file = File.Create(next))
            await JsonSerializer.SerializeAsync(file, _state());
        File.Move(next, path, overwrite: true);
    }
}
