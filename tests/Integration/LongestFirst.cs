using ServerlessBusiness.Tests.Integration.Billing;
using ServerlessBusiness.Tests.Integration.Notifications;
using ServerlessBusiness.Tests.Integration.Subscriptions;
using ServerlessBusiness.Tests.Integration.Users;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ServerlessBusiness.Tests.Integration.LongestFirst))]

namespace ServerlessBusiness.Tests.Integration;

/// <summary>Two collections run at a time. One that takes minutes and begins last would run alone in the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        [nameof(UsersDesk), nameof(SubscriptionsCollection), nameof(CyclesCollection), nameof(CollectionCollection), nameof(NotificationsDesk)];

    public IReadOnlyCollection<TCollection> OrderTestCollections<TCollection>(IReadOnlyCollection<TCollection> testCollections)
        where TCollection : ITestCollection =>
        [.. testCollections.OrderBy(PlaceOf)];

    private static int PlaceOf<TCollection>(TCollection collection) where TCollection : ITestCollection
    {
        var place = Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
