using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class DeliveryPlacesTests
{
    [Fact]
    public async Task Who_finds_all_places_of_his_queue_taken_waits_and_another_queue_does_not()
    {
        var (places, end, begun) = (new DeliveryPlaces(), new TaskCompletionSource(), 0);
        var low = Enumerable.Range(0, 257).Select(_ => places.RunAsync(Priority.Low, BeginAsync, CancellationToken.None)).ToList();

        Assert.Equal(256, begun);
        await places.RunAsync(Priority.Critical, () => Task.CompletedTask, CancellationToken.None);
        end.SetResult();
        await Task.WhenAll(low);
        Assert.Equal(257, begun);

        Task BeginAsync()
        {
            begun++;
            return end.Task;
        }
    }

    [Fact]
    public async Task What_fails_leaves_its_place()
    {
        var places = new DeliveryPlaces();
        for (var number = 0; number < 257; number++)
            await Assert.ThrowsAsync<IOException>(() => places.RunAsync(Priority.Low, () => throw new IOException(), CancellationToken.None));
    }
}
