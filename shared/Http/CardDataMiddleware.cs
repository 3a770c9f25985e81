using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// Refuses a request that holds a card number or a security code, before anything of it is kept. Webhooks are exempt: there a provider speaks, with
/// masked numbers and references of its own that may look like one.
/// </summary>
public sealed class CardDataMiddleware(FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
            && catalog.Attribute<AccessAttribute>(context.FunctionDefinition.Name) is not AnonymousAttribute { NeedsTenant: false })
        {
            var body = await RequestBody.BytesAsync(http.Request, RequestBody.MaxBytes, http.RequestAborted);
            if (CardData.IsIn(body.Span))
            {
                throw ProblemException.Unprocessable(
                    "CARD_DATA_REFUSED",
                    "The body holds a card number or a security code. Never send them here: the provider's script in the browser exchanges a card for a token.");
            }
        }

        await next(context);
    }
}
