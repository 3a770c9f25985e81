using ServerlessBusiness.Notifications.Preferences;

namespace ServerlessBusiness.Tests.Unit.Notifications.Preferences;

public sealed class TypeSwitchesTests
{
    [Theory]
    [InlineData("""{"product_update":false}""", "{}", "product_update", true)]
    [InlineData("""{"product_update":false}""", "{}", "trading_alert", false)]
    [InlineData("{}", """{"product_update":{"telegram":false,"email":false}}""", "product_update", true)]
    [InlineData("{}", """{"product_update":{"telegram":false}}""", "product_update", false)]
    [InlineData("""{"payment_received":false}""", """{"payment_received":{"telegram":false,"email":false}}""", "payment_received", false)]
    public void A_kind_is_unwanted_when_it_or_all_of_its_channels_are_off_and_it_may_be(string types, string channels, string type, bool isUnwanted)
    {
        Assert.Equal(isUnwanted, TypeSwitches.Unwanted(active: true, TypeSwitches.Read(types), TypeSwitches.ReadChannels(channels)).Contains(type));
    }

    [Theory]
    [InlineData("{}", "telegram", false)]
    [InlineData("""{"product_update":{"telegram":false}}""", "telegram", true)]
    [InlineData("""{"product_update":{"telegram":false}}""", "email", false)]
    [InlineData("""{"product_update":{"telegram":false,"email":false}}""", "telegram", false)]
    public void A_kind_is_wanted_elsewhere_when_this_channel_is_off_and_another_is_not(string channels, string channel, bool isWantedElsewhere)
    {
        Assert.Equal(isWantedElsewhere, TypeSwitches.WantedElsewhere(channel, TypeSwitches.ReadChannels(channels)).Contains("product_update"));
    }

    [Fact]
    public void Who_mutes_everything_wants_what_is_mandatory_all_the_same()
    {
        var unwanted = TypeSwitches.Unwanted(active: false, TypeSwitches.Read("{}"), TypeSwitches.ReadChannels("{}"));

        Assert.Contains("product_update", unwanted);
        Assert.DoesNotContain("payment_received", unwanted);
    }
}
