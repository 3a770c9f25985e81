using System.Net.Http.Headers;
using System.Text;

namespace ServerlessBusiness.Simulators.Midtrans;

// Basic authentication with the server key as the user and no password.
sealed class CoreAuthentication(MerchantBook merchants) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (Authenticate(context.HttpContext.Request) is not { } merchant)
            return MidtransAnswer.Refusal(401, "Transaction cannot be authorized with the current client/server key.");
        context.HttpContext.Features.Set(merchant);
        return await next(context);
    }

    public Merchant? Authenticate(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) ||
            !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        var buffer = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", buffer, out var length))
            return null;
        return Encoding.UTF8.GetString(buffer, 0, length) is [.. var key, ':'] ? merchants.FindByServerKey(key) : null;
    }
}
