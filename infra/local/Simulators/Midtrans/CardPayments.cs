using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// A card charge is decided at once, or after the payer has passed the page at redirect_url (3DS).
static class CardPayments
{
    public static MidtransTransaction Open(CreditCardDetails? details, MidtransTransaction basis, CardTokens tokens, Uri host)
    {
        var card = tokens.Use(details?.TokenId) ?? throw new MidtransRefusal(411, "Credit card token is missing, invalid, or timed out");
        var fields = new JsonObject { ["masked_card"] = card.Masked, ["bank"] = details!.Bank ?? card.Bank, ["card_type"] = "credit" };
        if (details.SaveTokenId == true)
        {
            var (token, validUntil) = tokens.Save(card);
            fields["saved_token_id"] = token;
            fields["saved_token_id_expired_at"] = MidtransFormat.Time(validUntil);
        }
        var opened = basis with
        {
            PaymentType = "credit_card",
            MethodFields = fields,
            CardOutcome = card.Outcome,
            AuthorizeOnly = details.Type == "authorize"
        };
        return details.Authentication == true
            ? opened with
            {
                ExpiryTime = basis.TransactionTime.AddMinutes(10),
                ChargeFields = new JsonObject { ["redirect_url"] = new Uri(host, $"pay/{basis.TransactionId}").ToString() }
            }
            : Decide(opened, basis.TransactionTime);
    }

    public static MidtransTransaction Decide(MidtransTransaction transaction, DateTimeOffset now) => transaction.CardOutcome switch
    {
        CardOutcome.Denied => TransactionMoves.DenyPayment(transaction, now),
        CardOutcome.Challenged => TransactionMoves.Challenge(transaction, now),
        _ => TransactionMoves.Capture(transaction, now)
    };
}
