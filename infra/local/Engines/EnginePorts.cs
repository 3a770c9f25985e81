using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Engines;

public sealed record EnginePorts(int Postgres, int Redis, int ClickHouse, int Blob, int Queue, int Table)
{
    /// <summary>Six consecutive ports.</summary>
    public static EnginePorts From(int first) => new(first, first + 1, first + 2, first + 3, first + 4, first + 5);

    public static EnginePorts Free() => From(Ports.FreeBlock(6));
}
