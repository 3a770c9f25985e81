namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>What one sale must have left behind in every service, no more and no less.</summary>
internal static class SaleRecords
{
    private static readonly string[] Facts =
    [
        "business-events/billing PaymentSucceeded",
        "business-events/billing SubscriptionCreated",
        "business-events/billing SubscriptionTermsChanged",
        "business-events/billing-documents InvoiceIssued",
        "business-events/billing-documents InvoicePaid",
        "business-events/notifications AccountMailRequested",
        "business-events/notifications InvoiceIssued",
        "business-events/notifications PaymentSucceeded",
        "business-events/notifications SubscriptionActivated",
        "business-events/notifications UserRegistered",
        "business-events/payments InvoicePaid",
        "business-events/subscriptions InvoicePaid",
        "notifications-critical NotificationRequested",
        "notifications-high NotificationRequested",
        "notifications-high NotificationRequested",
        "notifications-high NotificationRequested",
        "notifications-medium NotificationRequested",
        "notifications-medium NotificationRequested",
        "notifications-medium NotificationRequested",
    ];

    /// <summary>One invoice, one payment, one activation, each message once; nothing on its way or given up.</summary>
    /// <param name="isToldBeforeAnswered">The first news of the charge were those of its payment.</param>
    public static async Task AssertOneSaleAsync(Shop shop, Buyer buyer, bool isToldBeforeAnswered = false)
    {
        await shop.WaitUntilQuietAsync();
        var number = Assert.Single(await shop.QueryAsync<string>(
            """
            select to_char(created_at at time zone 'UTC', '"INV"-YYYY-MM-"0001"') from billing_management.invoices where tenant_id = @Tenant
            """,
            new { buyer.Tenant }));

        await HoldsAsync([$"{number} paid 479000.00 52690.00 531690.00 IDR"], """
            select concat_ws(' ', invoice_number, status, amount, tax_amount, total_amount, currency)
            from billing_management.invoices where tenant_id = @Tenant
            """);
        await HoldsAsync(["invoice_issued", "invoice_paid"],
            "select event_type from billing_management.billing_history where tenant_id = @Tenant order by created_at, id");
        await HoldsAsync(["success 531690.00 IDR bank_transfer bca"], """
            select concat_ws(' ', status, amount, currency, payment_method, bank)
            from payment_management.payment_transactions where tenant_id = @Tenant
            """);
        await HoldsAsync(isToldBeforeAnswered ? ["opened", "succeeded"] : ["opened", "placed", "succeeded"],
            "select event_type from payment_management.payment_events where tenant_id = @Tenant order by created_at, id");
        await HoldsAsync(["active"], "select status from subscription_management.subscriptions where tenant_id = @Tenant");
        await HoldsAsync(["create to pending", "activate to active"], """
            select concat_ws(' to ', event_type, to_status) from subscription_management.subscription_events
            where tenant_id = @Tenant order by created_at, id
            """);
        await HoldsAsync(
            [
                "bot_handover telegram sent", "invoice_issued email sent", "payment_received telegram sent",
                "subscription_activated telegram sent", "telegram_linked telegram sent", "verify_email email sent", "welcome email sent",
            ],
            """
            select concat_ws(' ', notification_type, channel, status) from notification_management.notification_history
            where tenant_id = @Tenant order by notification_type
            """);
        // A chat takes three messages at once; one more comes back with a second message of the same notification.
        await HoldsAsync(Facts, """
            select concat_ws(' ', path, subject) collate "C" as line
            from (select distinct path, subject, coalesce(body->'data'->>'notificationId', number::text)
                  from message_journal where body->>'tenantId' = @Tenant) as facts
            order by line
            """);
        await HoldsAsync([], """
            select concat_ws(' ', path, subject, dead_letter_reason) from local_broker.messages where path like '%/$DeadLetterQueue'
            """);

        await AssertChatAsync(buyer, number);
        await AssertMailsAsync(shop, buyer, number);

        async Task HoldsAsync(string[] expected, string sql) =>
            Assert.Equal(expected, await shop.QueryAsync<string>(sql, new { buyer.Tenant }));
    }

    private static async Task AssertChatAsync(Buyer buyer, string number)
    {
        var messages = await buyer.ReadChatAsync();
        Assert.Single(messages, message => message == "This chat is now linked to your account. ✅");
        Assert.Single(messages, message => message == "Payment received: Rp531,690. Thank you! 💳");
        Assert.Single(messages, message => message == "Your Pro subscription is now active! ✅");
        // The new plan has a bot of its own, which the buyer has not started yet.
        Assert.Single(messages, message => message.Contains("https://t.me/ai_trading_premium_bot?start=", StringComparison.Ordinal));
        Assert.Equal(4, messages.Count);
    }

    private static async Task AssertMailsAsync(Shop shop, Buyer buyer, string number)
    {
        var mails = (await Shop.InspectAsync(shop.Apps.Mail, $"messages?to={Uri.EscapeDataString(buyer.Email)}")).AsArray();
        Assert.Single(mails, mail => ((string)mail!["text"]!).StartsWith($"Invoice {number} over Rp531,690 is ready.", StringComparison.Ordinal));
    }
}
