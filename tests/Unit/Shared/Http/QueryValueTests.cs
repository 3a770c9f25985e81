using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class QueryValueTests
{
    private enum Colour
    {
        Red,
        Blue,
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("?colour=red", Colour.Red)]
    [InlineData("?colour=BLUE", Colour.Blue)]
    public void A_choice_is_one_of_the_names_or_not_made(string query, object? expected) => Assert.Equal((Colour?)expected, ChosenBy(query));

    [Theory]
    [InlineData("?colour=green")]
    [InlineData("?colour=1")]
    [InlineData("?colour=red,blue")]
    [InlineData("?colour=red&colour=blue")]
    [InlineData("?colour=")]
    public void Whatever_else_is_refused(string query)
    {
        var refusal = Assert.Throws<ProblemException>(() => ChosenBy(query));

        Assert.Equal((400, "NO_COLOUR"), (refusal.Status, refusal.Code));
    }

    private static Colour? ChosenBy(string query)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        return QueryValue.Choice<Colour>(request, "colour", "NO_COLOUR", "It is red or blue.");
    }
}
