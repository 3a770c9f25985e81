namespace ServerlessBusiness.Local.Stack;

/// <summary>What the command line asked for.</summary>
public sealed record StackOptions
{
    public int PortBase { get; init; } = StackPorts.DefaultBase;

    /// <summary>Null means a folder of this clone and these ports below the user's data folder.</summary>
    public string? DataFolder { get; init; }
    public bool Fresh { get; init; }
    public bool EnginesOnly { get; init; }
    public bool Seed { get; init; } = true;

    /// <summary>The engines run in the containers of compose.yaml.</summary>
    public bool Containers { get; init; }

    /// <summary>Gets the settings too, besides the file in the data folder.</summary>
    public string? EnvironmentFile { get; init; }
}
