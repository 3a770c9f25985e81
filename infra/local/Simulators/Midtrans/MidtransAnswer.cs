using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// An answer of the Core API. The result is the string status_code of the body; the HTTP status is 200 even for most refusals,
// except where the platform itself refuses: a wrong key, too many requests, and its own failures.
sealed record MidtransAnswer(JsonObject Body) : IResult
{
    public string? TransactionId => (string?)Body["transaction_id"];

    public int Code => int.Parse(Body["status_code"]!.GetValue<string>());

    public bool IsSuccess => Code is >= 200 and < 300;

    public static MidtransAnswer Refusal(int code, string message, params string[] validationMessages)
    {
        var body = new JsonObject { ["status_code"] = $"{code}", ["status_message"] = message };
        if (validationMessages is not [])
            body["validation_messages"] = new JsonArray([.. validationMessages.Select(text => JsonValue.Create(text))]);
        body["id"] = Guid.CreateVersion7().ToString();
        return new MidtransAnswer(body);
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        var code = Code;
        context.Response.StatusCode = code is 401 or 429 or >= 500 and < 600 ? code : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body.ToJsonString()), context.RequestAborted);
    }
}

// A refusal in the provider's own words and code; the endpoint group turns it into an answer.
sealed class MidtransRefusal(int code, string message, params string[] validationMessages) : Exception(message)
{
    public MidtransAnswer Answer => MidtransAnswer.Refusal(code, Message, validationMessages);

    public static MidtransRefusal Invalid(params string[] problems) =>
        new(400, "One or more parameters in the payload is invalid.", problems);

    public static MidtransRefusal NotFound() => new(404, "Transaction doesn't exist.");

    public static MidtransRefusal CannotChange() => new(412, "Merchant cannot modify the status of the transaction");
}
