using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Unit.Notifications.Announcements;

public sealed class AnnouncementTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid User = Guid.CreateVersion7();
    private static readonly Guid Subject = Guid.CreateVersion7();
    private static readonly Money Amount = new(531_690, Currency.Idr);

    private static readonly IReadOnlyList<BusinessEvent> Facts =
    [
        new UserRegistered(User, "budi@example.com", "budi", "Budi", "en"),
        new AccountMailRequested(
            Subject, User, "budi@example.com", "en", "invitation", new Dictionary<string, string> { ["tenant"] = "Toko Budi" },
            new Dictionary<string, string> { ["link"] = "sealed", ["token"] = "sealed" }),
        new SubscriptionActivated(Subject, User, "pro", "Pro", Now, Now.AddMonths(1)),
        new SubscriptionChanged(Subject, User, "pro", "enterprise", Now),
        new SubscriptionSuspended(Subject, User, "overdue"),
        new SubscriptionCancelled(Subject, User, Now),
        new SubscriptionExpired(Subject, User, Now),
        new UsageThresholdReached(Subject, User, "api_calls", 80, 8_000, 10_000),
        new PaymentSucceeded(Subject, Subject, User, null, Amount, "bank_transfer", Now),
        new PaymentFailed(Subject, Subject, User, Amount, "gopay", "expired"),
        new PaymentReversed(Subject, Subject, User, Amount, "chargeback"),
        new PaymentRefunded(Subject, Subject, User, Amount, Amount),
        new InvoiceIssued(Subject, "INV-2026-11-0001", User, null, Amount, Now),
        new UserSuspended(User, "terms of use"),
        new NewSignIn(User, Subject, "Firefox, Windows, 203.0.113.7", Now),
        new SecondFactorChanged(User, Subject, Now),
        new InvoiceDueSoon(Subject, "INV-2026-11-0001", User, null, Amount, Now),
        new InvoiceCancelled(Subject, "INV-2026-11-0001", User, null, "cancelled"),
        new InvoiceOverdue(Subject, "INV-2026-11-0001", User, null, Amount, 3),
        new CreditNoteIssued(Subject, "CN-2026-11-0001", Subject, "INV-2026-11-0001", User, null, Amount, Amount, Amount, "too much"),
    ];

    [Theory]
    [InlineData("en", "Your Pro subscription is now active! ✅", "Payment received: Rp531,690. Thank you! 💳")]
    [InlineData("id", "Langganan Pro Anda sekarang aktif! ✅", "Pembayaran diterima: Rp531.690. Terima kasih! 💳")]
    public void The_first_sale_is_told_in_the_readers_language(string locale, string activated, string paid)
    {
        Assert.Equal(activated, Text(Facts.OfType<SubscriptionActivated>().Single(), locale));
        Assert.Equal(paid, Text(Facts.OfType<PaymentSucceeded>().Single(), locale));
    }

    [Fact]
    public void A_second_dunning_of_an_invoice_is_told_like_the_first_and_each_day_once()
    {
        var overdue = Facts.OfType<InvoiceOverdue>().First();

        Assert.Equal(Announcement.Of(overdue, Now)!.DedupKey, Announcement.Of(overdue, Now.AddMinutes(1))!.DedupKey);
        Assert.NotEqual(Announcement.Of(overdue, Now)!.DedupKey, Announcement.Of(overdue, Now.AddDays(40))!.DedupKey);
    }

    [Fact]
    public void Every_fact_that_is_heard_is_told_but_the_end_of_an_account()
    {
        var heard = Topology.Subscriptions[ServiceIdentity.Notifications].Except([nameof(UserDeleted)]);

        Assert.Equal(heard.Order(), Facts.Where(fact => Announcement.Of(fact, Now)?.UserId == User).Select(fact => fact.Subject).Order());
    }

    [Fact]
    public void Every_announcement_has_a_value_for_each_variable()
    {
        foreach (var fact in Facts)
            Assert.DoesNotContain("{{", Text(fact, "en"));
    }

    [Fact]
    public void The_same_fact_has_the_same_key_and_another_has_another()
    {
        var paid = Facts.OfType<PaymentSucceeded>().Single();

        Assert.Equal($"PaymentSucceeded:{Subject}", Announcement.Of(paid, Now)!.DedupKey);
        Assert.Equal(Announcement.Of(paid, Now)!.DedupKey, Announcement.Of(paid with { SettledAt = Now.AddDays(1) }, Now.AddDays(1))!.DedupKey);
        Assert.Equal(Facts.Count, Facts.Select(fact => Announcement.Of(fact, Now)!.DedupKey).Distinct().Count());
    }

    [Theory]
    [InlineData(1, "is 3 days overdue. Please pay it soon.")]
    [InlineData(2, "of it are still open. Please pay it now.")]
    [InlineData(3, "Unless it is paid, your access stops on 29 November 2026.")]
    [InlineData(4, "goes on as soon as it is paid.")]
    public void What_is_overdue_is_told_with_rising_urgency(int urgency, string text)
    {
        var overdue = Facts.OfType<InvoiceOverdue>().Single() with { Urgency = urgency, SuspendsAt = urgency == 3 ? Now.AddDays(7) : null };

        Assert.Contains(text, Text(overdue, "en"));
        Assert.DoesNotContain("{{", Text(overdue, "id"));
    }

    [Fact]
    public void A_renewed_period_is_told_again()
    {
        var first = Facts.OfType<SubscriptionActivated>().Single();

        Assert.NotEqual(Announcement.Of(first, Now)!.DedupKey, Announcement.Of(first with { PeriodStart = Now.AddMonths(1) }, Now)!.DedupKey);
    }

    [Fact]
    public void What_happens_twice_on_a_day_is_told_twice_whenever_it_is_heard()
    {
        BusinessEvent[] again =
        [
            new UserSuspended(User, "terms of use"), new SubscriptionSuspended(Subject, User, "overdue"),
            new UsageThresholdReached(Subject, User, "api_calls", 80, 8_000, 10_000),
        ];

        Assert.All(again, fact => Assert.NotEqual(Announcement.Of(fact, Now)!.DedupKey, Announcement.Of(fact, Now.AddHours(2))!.DedupKey));
    }

    [Fact]
    public void A_change_is_told_each_time_it_is_decided_and_not_again_when_it_comes_true()
    {
        var end = Now.AddDays(10);
        var (toPro, toFree) = (new SubscriptionChanged(Subject, User, "enterprise", "pro", end), new SubscriptionChanged(Subject, User, "enterprise", "free", end));
        var decided = new[] { Announcement.Of(toPro, Now)!, Announcement.Of(toFree, Now.AddDays(1))!, Announcement.Of(toPro, Now.AddDays(2))! };
        var comesTrue = Announcement.Of(toPro, end.AddMinutes(1))!;

        Assert.Equal(3, decided.Select(one => one.DedupKey).Distinct().Count());
        Assert.All(decided, one => Assert.Null(one.ForetoldUnder));
        Assert.Equal([true, false, true], decided.Select(one => one.DedupKey.StartsWith(comesTrue.ForetoldUnder!, StringComparison.Ordinal)));
        Assert.DoesNotContain(comesTrue.DedupKey, decided.Select(one => one.DedupKey));
    }

    [Fact]
    public void A_fact_that_concerns_no_user_is_not_told()
    {
        Assert.Null(Announcement.Of(new TelegramLinked(User, "default"), Now));
    }

    [Fact]
    public void Secrets_of_a_mail_are_hidden_where_it_is_kept_and_only_they()
    {
        var mail = Announcement.Of(Facts.OfType<AccountMailRequested>().Single(), Now)!;
        var kept = TemplateCatalog.Get(mail.Type).In("en").Plain(mail.Values, Reader.Of("en"));

        Assert.Equal("You are invited to Toko Budi", kept.Title);
        Assert.Contains("enter this code: •••", kept.Text);
        Assert.DoesNotContain("sealed", kept.Text);
        Assert.Equal(new MailRecipient("budi@example.com", "en"), mail.Recipient);
    }

    private static string Text(BusinessEvent fact, string locale)
    {
        var announcement = Announcement.Of(fact, Now)!;
        return TemplateCatalog.Get(announcement.Type).In(locale).Plain(announcement.Values, Reader.Of(locale)).Text;
    }
}
