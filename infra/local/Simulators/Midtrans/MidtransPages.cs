using System.Text;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Midtrans;

// For people: a list with buttons, and the pages to which a payer is sent by redirect_url and deep links.
static class MidtransPages
{
    public static void Map(WebApplication app, MidtransSimulator simulator)
    {
        app.MapGet("/", () => Overview(simulator));
        app.MapPost("/transactions/{id}/{move}", async (string id, string move) =>
            await MoveAsync(simulator, id, move) ?? Results.Redirect("/"));
        app.MapGet("/pay/{id}", (string id) => PayPage(simulator, id));
        app.MapPost("/pay/{id}/{move}", async (string id, string move) =>
            await MoveAsync(simulator, id, move) ?? Results.Redirect($"/pay/{id}"));
        app.MapGet("/v2/gopay/{id}/qr-code", (string id) => Results.Text(CodePicture.Of(id), "image/svg+xml"));
        app.MapGet("/snap/v4/redirection/{token}", (string token) => SnapChoice(simulator, token));
        app.MapPost("/snap/v4/redirection/{token}/{method}", (string token, string method) => PickMethod(simulator, token, method));
    }

    static IResult Overview(MidtransSimulator simulator)
    {
        simulator.ExpireDue();
        var rows = new StringBuilder();
        foreach (var transaction in simulator.Ledger.List().Take(200))
            rows.Append($"""
                <tr><td>{HtmlPage.Text(transaction.OrderId)}</td><td>{HtmlPage.Text(transaction.PaymentType)}</td>
                <td>{MidtransFormat.Amount(transaction.GrossAmount)}</td><td>{HtmlPage.Text(transaction.Status)}</td>
                <td>{MidtransFormat.Time(transaction.TransactionTime)}</td><td>{Buttons(transaction)}</td></tr>
                """);
        return HtmlPage.Of("Midtrans simulator", rows.Length == 0
            ? "<p class=\"quiet\">No charge yet.</p>"
            : $"<table><tr><th>Order</th><th>Method</th><th>IDR</th><th>Status</th><th>Created (GMT+7)</th><th></th></tr>{rows}</table>");
    }

    static string Buttons(MidtransTransaction transaction)
    {
        string[] moves = transaction.Status switch
        {
            TransactionStatus.Pending => ["settle", "deny", "expire"],
            TransactionStatus.Capture => ["settle", "cancel"],
            TransactionStatus.Settlement => ["reverse", "chargeback"],
            _ => []
        };
        return string.Concat(moves.Select(move => HtmlPage.Button($"/transactions/{transaction.TransactionId}/{move}", move)));
    }

    static IResult PayPage(MidtransSimulator simulator, string id)
    {
        simulator.ExpireDue();
        if (simulator.Ledger.FindOfAnyMerchant(id) is not { } transaction)
            return NotFound($"There is no payment {id}.");
        var pay = transaction.PaymentType == "credit_card" ? "authenticate" : "settle";
        var buttons = transaction.Status == TransactionStatus.Pending
            ? HtmlPage.Button($"/pay/{id}/{pay}", "Pay") + " " + HtmlPage.Button($"/pay/{id}/deny", "Refuse")
            : $"<p>This payment is now <b>{HtmlPage.Text(transaction.Status)}</b>.</p>";
        return HtmlPage.Of("Pay", $"""
            <p>Order <b>{HtmlPage.Text(transaction.OrderId)}</b>, IDR {MidtransFormat.Amount(transaction.GrossAmount)},
            by {HtmlPage.Text(transaction.PaymentType)}</p>{buttons}
            """);
    }

    static IResult SnapChoice(MidtransSimulator simulator, string token)
    {
        if (simulator.SnapPages.FindOpen(token) is not { } page)
            return NotFound("This payment page has been used, cancelled or has expired.");
        var choices = page.Methods.Select(method => HtmlPage.Button($"/snap/v4/redirection/{token}/{method}", method));
        return HtmlPage.Of("How do you want to pay?", $"""
            <p>Order <b>{HtmlPage.Text(page.OrderId)}</b>, IDR {MidtransFormat.Amount(page.GrossAmount)}</p>{string.Join(" ", choices)}
            """);
    }

    static IResult PickMethod(MidtransSimulator simulator, string token, string method)
    {
        if (simulator.SnapPages.FindOpen(token) is not { } page)
            return NotFound("This payment page has been used, cancelled or has expired.");
        try
        {
            return Results.Redirect($"/pay/{SnapEndpoints.Pick(simulator, page, method).TransactionId}");
        }
        catch (MidtransRefusal refusal)
        {
            return NotFound(refusal.Message);
        }
    }

    // Null when all went well.
    static async Task<IResult?> MoveAsync(MidtransSimulator simulator, string id, string name)
    {
        if (!BankMoves.ByName.TryGetValue(name, out var move) || simulator.Ledger.FindOfAnyMerchant(id) is not { } found)
            return NotFound($"There is no payment {id} that could be asked to {name}.");
        try
        {
            var moved = simulator.Ledger.Change(found.TransactionId, (transaction, now) => move(transaction, null, now));
            await simulator.Notifications.SendAsync(moved, null, CancellationToken.None);
            return null;
        }
        catch (MidtransRefusal refusal)
        {
            return HtmlPage.Of("Not possible", $"<p>{HtmlPage.Text(refusal.Message)}. It is {HtmlPage.Text(found.Status)}.</p>");
        }
    }

    static IResult NotFound(string message) => HtmlPage.Of("Not found", $"<p>{HtmlPage.Text(message)}</p>");
}
