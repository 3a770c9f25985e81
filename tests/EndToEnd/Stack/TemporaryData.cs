using ServerlessBusiness.Local.Engines;

namespace ServerlessBusiness.Tests.EndToEnd.Stack;

/// <summary>A data folder for one launcher, thrown away with the test.</summary>
internal sealed class TemporaryData : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(UserFolders.Data, "tests", "launcher-" + Guid.CreateVersion7().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
