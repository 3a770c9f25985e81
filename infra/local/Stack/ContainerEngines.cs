namespace ServerlessBusiness.Local.Stack;

/// <summary>The engines of compose.yaml: they become engines that the developer has given.</summary>
internal static class ContainerEngines
{
    /// <summary>Tells this process where they are; what its environment says already wins.</summary>
    public static void Use()
    {
        foreach (var (name, value) in Read(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "containers.env"))))
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
                Environment.SetEnvironmentVariable(name, value);
    }

    internal static IEnumerable<KeyValuePair<string, string>> Read(IEnumerable<string> lines) =>
        from line in lines
        where line.Length > 0 && line[0] != '#'
        let split = line.IndexOf('=')
        select KeyValuePair.Create(line[..split], line[(split + 1)..]);
}
