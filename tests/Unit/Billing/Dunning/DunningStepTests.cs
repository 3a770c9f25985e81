using CsCheck;
using ServerlessBusiness.Billing.Dunning;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Billing.Dunning;

public sealed class DunningStepTests
{
    // days overdue, last step → day, urgency, retries, tells, writes off; 0: nothing is due
    [Theory]
    [InlineData(0, 0, 0, Urgency.Notice, false, false, false)]
    [InlineData(1, 0, 1, Urgency.Notice, true, true, false)]
    [InlineData(1, 1, 0, Urgency.Notice, false, false, false)]
    [InlineData(2, 1, 0, Urgency.Notice, false, false, false)]
    [InlineData(3, 1, 3, Urgency.Reminder, true, true, false)]
    [InlineData(5, 0, 3, Urgency.Reminder, true, true, false)]
    [InlineData(7, 3, 7, Urgency.LastWarning, true, true, false)]
    [InlineData(13, 7, 0, Urgency.Notice, false, false, false)]
    [InlineData(14, 7, 14, Urgency.Suspended, false, true, false)]
    [InlineData(20, 0, 14, Urgency.Suspended, true, true, false)]
    [InlineData(59, 14, 0, Urgency.Notice, false, false, false)]
    [InlineData(60, 14, 60, Urgency.Suspended, false, false, true)]
    [InlineData(500, 7, 60, Urgency.Suspended, false, true, true)]
    [InlineData(500, 60, 0, Urgency.Notice, false, false, false)]
    public void By_default_each_day_has_its_step(int days, int last, int day, Urgency urgency, bool retries, bool tells, bool writesOff)
    {
        Assert.Equal(
            day == 0 ? null : new DunningStep(day, urgency, retries, tells, writesOff), DunningStep.Next(DunningPolicy.Default, days, last));
    }

    [Fact]
    public void Without_retries_there_is_still_a_notice()
    {
        var policy = new DunningPolicy { RetryDays = [], SuspendAfterDays = 10, WriteOffAfterDays = 20 };

        Assert.Equal(new DunningStep(1, Urgency.Notice, false, true, false), DunningStep.Next(policy, 9, 0));
        Assert.Equal(new DunningStep(10, Urgency.Suspended, false, true, false), DunningStep.Next(policy, 10, 1));
    }

    [Fact]
    public void Whoever_is_suspended_at_once_gets_no_warning()
    {
        var policy = new DunningPolicy { RetryDays = [1], SuspendAfterDays = 1, WriteOffAfterDays = 2 };

        Assert.Equal(new DunningStep(1, Urgency.Suspended, true, true, false), DunningStep.Next(policy, 1, 0));
    }

    [Theory]
    [InlineData("RETRY_DAYS_NOT_VALID", 14, 60, 3, 1)]
    [InlineData("RETRY_DAYS_NOT_VALID", 14, 60, 1, 1)]
    [InlineData("RETRY_DAYS_NOT_VALID", 14, 60, 0)]
    [InlineData("WRITE_OFF_TOO_EARLY", 14, 14, 1)]
    [InlineData("WRITE_OFF_TOO_EARLY", 5, 10, 1, 10)]
    public void A_policy_that_contradicts_itself_is_refused(string code, int suspend, int writeOff, params int[] retries)
    {
        var policy = new DunningPolicy { RetryDays = retries, SuspendAfterDays = suspend, WriteOffAfterDays = writeOff };

        Assert.Equal(code, Assert.Throws<ProblemException>(policy.Checked).Code);
    }

    [Fact]
    public void However_often_and_late_it_runs_it_suspends_writes_off_once_and_never_grows_milder()
    {
        var policies = Gen.Select(Gen.Int[1, 30].Array[0, 5], Gen.Int[1, 30], Gen.Int[1, 60]).Select((days, suspend, more) => new DunningPolicy
        {
            RetryDays = [.. days.Distinct().Order()],
            SuspendAfterDays = suspend,
            WriteOffAfterDays = Math.Max(suspend, 30) + more,
        });
        Gen.Select(policies, Gen.Int[0, 9].Array[1, 60]).Sample((policy, pauses) =>
        {
            var steps = new List<DunningStep>();
            var (today, last) = (0, 0);
            foreach (var pause in pauses)
            {
                today += pause;
                while (DunningStep.Next(policy, today, last) is { } step)
                {
                    steps.Add(step);
                    last = step.Day;
                }
            }

            var told = steps.Where(step => step.Tells).ToList();
            return told.Any(step => step.Suspends) == (today >= policy.SuspendAfterDays)
                && steps.Count(step => step.WritesOff) == (today >= policy.WriteOffAfterDays ? 1 : 0)
                && told.Zip(told.Skip(1)).All(pair => pair.First.Urgency <= pair.Second.Urgency);
        });
    }
}
