using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Stack;

public sealed class DataFolderTests
{
    [Fact]
    public async Task A_start_waits_for_a_stack_that_is_stopping()
    {
        var folder = Path.Combine(UserFolders.Data, "tests", Guid.CreateVersion7().ToString("N"));
        var options = new StackOptions { DataFolder = folder };
        var waits = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DataFolder> second;
        await using (await DataFolder.TakeAsync(options, _ => { }, CancellationToken.None))
        {
            second = DataFolder.TakeAsync(options, waits.SetResult, CancellationToken.None);
            Assert.Contains("Another stack", await waits.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        await using (await second)
            Assert.True(second.IsCompletedSuccessfully);
        Directory.Delete(folder, recursive: true);
    }
}
