namespace ServerlessBusiness.Simulators.Hosting;

// Planned misbehaviour, used up in order. One that names a target (an order, a chat) waits for it; one that names none takes
// whatever comes first.
sealed class Troubles<T>(Func<T, string?> target, Func<T, int> times) where T : class
{
    readonly Lock _gate = new();
    readonly LinkedList<(T Trouble, int Left)> _planned = new();

    public void Plan(T trouble)
    {
        lock (_gate)
            _planned.AddLast((trouble, Math.Max(1, times(trouble))));
    }

    public T? Take(params ReadOnlySpan<string?> candidates)
    {
        lock (_gate)
        {
            for (var node = _planned.First; node is not null; node = node.Next)
            {
                var (trouble, left) = node.Value;
                if (target(trouble) is { } wanted && !candidates.Contains(wanted))
                    continue;
                if (left == 1)
                    _planned.Remove(node);
                else
                    node.Value = (trouble, left - 1);
                return trouble;
            }
            return null;
        }
    }

    public bool TryTake(string candidate) => Take(candidate) is not null;

    public void Clear()
    {
        lock (_gate)
            _planned.Clear();
    }
}
