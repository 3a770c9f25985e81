using System.Diagnostics;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class LeftoversTests
{
    [Fact]
    public async Task Folders_of_killed_runs_go_and_those_of_others_stay()
    {
        var parent = Directory.CreateTempSubdirectory();
        var folders = new[] { "empty", "held", "running", "ended" }.ToDictionary(name => name, name => parent.CreateSubdirectory(name).FullName);
        await using (FileLock.Try(Path.Combine(folders["held"], Leftovers.Lock)))
        {
            using var self = Process.GetCurrentProcess();
            ProcessRecord.Write(Path.Combine(folders["running"], "run", "postgres.pid"), self);
            var ended = Path.Combine(folders["ended"], "run", "postgres.pid");
            Directory.CreateDirectory(Path.GetDirectoryName(ended)!);
            // Our own id at another time: whoever had it has ended.
            await File.WriteAllTextAsync(ended, $"{self.Id} {DateTime.UnixEpoch.Ticks}");

            await Leftovers.RemoveAsync(parent.FullName);

            Assert.Equal(["held", "running"], parent.EnumerateDirectories().Select(folder => folder.Name).Order());
        }

        parent.Delete(recursive: true);
    }
}
