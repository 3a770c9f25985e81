namespace ServerlessBusiness.Simulators.Hosting;

// The last entries of what happened, oldest first. Older ones are forgotten, so a long-running stack does not grow.
sealed class Journal<T>(int capacity)
{
    readonly Lock _gate = new();
    readonly Queue<T> _entries = new();

    public void Add(T entry)
    {
        lock (_gate)
        {
            if (_entries.Count == capacity)
                _entries.Dequeue();
            _entries.Enqueue(entry);
        }
    }

    public IReadOnlyList<T> Read()
    {
        lock (_gate)
            return [.. _entries];
    }

    public void Clear()
    {
        lock (_gate)
            _entries.Clear();
    }
}
