using System.Diagnostics;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class LeftoversTests
{
    [Fact]
    public async Task Folders_that_killed_runs_left_go_after_a_day_and_those_of_others_stay()
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

            var now = DateTimeOffset.UnixEpoch.AddYears(50);
            foreach (var folder in folders.Values)
                Directory.SetLastWriteTimeUtc(folder, now.UtcDateTime.AddDays(-2));
            Directory.SetLastWriteTimeUtc(parent.CreateSubdirectory("young").FullName, now.UtcDateTime.AddHours(-23));

            await Leftovers.RemoveAsync(parent.FullName, now);

            Assert.Equal(["held", "running", "young"], parent.EnumerateDirectories().Select(folder => folder.Name).Order());
        }

        parent.Delete(recursive: true);
    }
}
