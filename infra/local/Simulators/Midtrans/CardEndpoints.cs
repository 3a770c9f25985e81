using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// What the card script of the provider calls from the browser; the merchant's server never sees the number.
static class CardEndpoints
{
    public static void Map(WebApplication app, MidtransSimulator simulator) =>
        app.MapGet("/v2/token", (HttpRequest request) => Tokenize(request.Query, simulator));

    static MidtransAnswer Tokenize(IQueryCollection query, MidtransSimulator simulator)
    {
        if (!simulator.Merchants.KnowsClientKey(query["client_key"]))
            return MidtransAnswer.Refusal(401, "Transaction cannot be authorized with the current client/server key.");
        // A saved token and the security code stand for the whole card: the two-clicks payment.
        var card = query["token_id"].ToString() is { Length: > 0 } saved
            ? simulator.CardTokens.FindSaved(saved)
            : ReadCard(query["card_number"].ToString());
        if (card is null)
            return MidtransAnswer.Refusal(400, "One or more parameters in the payload is invalid.", "card_number is invalid");
        return new MidtransAnswer(new JsonObject
        {
            ["status_code"] = "200",
            ["status_message"] = "Credit card token is created as Token ID.",
            ["token_id"] = simulator.CardTokens.Issue(card)
        });
    }

    static Card? ReadCard(string number) =>
        number.Length is >= 13 and <= 19 && number.All(char.IsAsciiDigit) ? Card.Of(number) : null;
}
