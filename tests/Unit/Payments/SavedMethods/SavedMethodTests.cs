using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.SavedMethods;

public sealed class SavedMethodTests
{
    private static readonly SavedMethod Default = Method(days: 1) with { IsDefault = true };
    private static readonly SavedMethod Older = Method(days: 2);
    private static readonly SavedMethod Newest = Method(days: 3);

    [Fact]
    public void The_default_is_charged_when_none_is_named() => Assert.Same(Default, Choose(Older, Default, Newest));

    [Fact]
    public void When_it_cannot_be_charged_the_newest_other_one_is()
    {
        Assert.Same(Newest, Choose(Older, Default with { ExpiresAt = Samples.Now }, Newest));
        Assert.Same(Newest, Choose(Older, Default with { State = "disabled" }, Newest));
        Assert.Same(Newest, Choose(Older, Default with { MerchantAccountId = Guid.CreateVersion7() }, Newest));
        Assert.Same(Newest, Choose(Older, Newest));
    }

    [Fact]
    public void What_cannot_be_charged_is_no_choice() =>
        Assert.Null(Choose(Default with { ExpiresAt = Samples.Now }, Older with { State = "pending" }));

    private static SavedMethod? Choose(params SavedMethod[] own) => SavedMethod.Choose(own, null, Samples.Now);

    private static SavedMethod Method(int days) => new() { Id = Guid.CreateVersion7(), Type = SavedMethod.Card, CreatedAt = Samples.Now.AddDays(days - 10) };
}
