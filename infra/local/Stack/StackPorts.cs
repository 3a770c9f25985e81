using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Local.Stack;

/// <summary>All ports of a stack lie in one block above its base.</summary>
public sealed record StackPorts(int Base)
{
    public const int DefaultBase = 8020;
    public const int Count = 26;

    public int Gateway => Base;
    public int Midtrans => Base + 11;
    public int Telegram => Base + 12;
    public int Mail => Base + 13;
    public int Smtp => Base + 14;
    public EnginePorts Engines => EnginePorts.From(Base + 20);

    public int Of(FunctionApp app) => Base + app.PortOffset;

    public static StackPorts Free() => new(Ports.FreeBlock(Count));
}
