using Npgsql;
using ServerlessBusiness.Billing.Cycles;

namespace ServerlessBusiness.Tests.Unit.Billing.Cycles;

public sealed class RunBillingPagesTests
{
    public static TheoryData<Exception, bool> Failures => new()
    {
        { new PostgresException("does not fit", "ERROR", "ERROR", "22003"), true },
        { new PostgresException("breaks a rule", "ERROR", "ERROR", "23514"), true },
        { new PostgresException("raised", "ERROR", "ERROR", "P0001"), true },
        { new PostgresException("deadlock", "ERROR", "ERROR", "40P01"), false },
        { new ArgumentException("only offset 0 (UTC) is supported"), true },
        { new OverflowException(), true },
        { new NpgsqlException("the connection is lost"), false },
        { new OperationCanceledException(), false },
        { new TimeoutException(), false },
    };

    [Theory, MemberData(nameof(Failures))]
    public void Only_what_one_of_its_bills_is_to_blame_for_makes_a_page_smaller(Exception failure, bool isAboutData) =>
        Assert.Equal(isAboutData, RunBillingPages.IsAboutData(failure));
}
