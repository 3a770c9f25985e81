using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Performance.Load;

// What the provider and billing send to the payment gateway.
internal sealed class BenchPayments(StackEndpoints endpoints)
{
    /// <summary>Payments that notices are about.</summary>
    public const int Orders = 150_000;

    private readonly Dictionary<string, string?> settings = LocalSettings.Shared(endpoints);
    private int sent;

    public static string Schema => $"""
        insert into payment_management.payment_transactions (
            tenant_id, id, user_id, invoice_id, order_id, external_transaction_id, amount, invoice_amount, invoice_currency, payment_method, bank,
            description, created_at, updated_at, placed_at, next_lookup_at)
        select 'default', id, id, id, 'BENCH-' || n, 'tx-' || n, 531690, 531690, 'IDR', 'bank_transfer', 'bca', 'benchmark', now(), now(), now(),
               now() + interval '1 day'
        from (select n, gen_random_uuid() as id from generate_series(0, {Orders - 1}) as n) as made
        """;

    /// <summary>One notice; every fifth is the one before it once more.</summary>
    public async Task NotifyAsync(HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        var at = Interlocked.Increment(ref sent);
        var order = $"BENCH-{((at % 5 == 0 ? at - 1 : at) % Orders).ToString(CultureInfo.InvariantCulture)}";
        const string amount = "531690.00";
        var signature = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(order + "200" + amount + settings["MIDTRANS_SERVER_KEY"])));
        var body = $$"""
            {"va_numbers":[{"va_number":"812785000000001","bank":"bca"}],"transaction_time":"2026-11-22 20:00:00","transaction_status":"settlement",
            "transaction_id":"tx-{{at}}","status_message":"midtrans payment notification","status_code":"200","signature_key":"{{signature}}",
            "settlement_time":"2026-11-22 20:05:00","payment_type":"bank_transfer","payment_amounts":[],"order_id":"{{order}}",
            "merchant_id":"G000000001","gross_amount":"{{amount}}","fraud_status":"accept","currency":"IDR"}
            """;
        // A repeated notice is the same to the last byte.
        body = body.Replace($"tx-{at}", $"tx-{order}", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{endpoints.Url(FunctionApp.Payments)}/v1/webhooks/midtrans?token={settings["MIDTRANS_WEBHOOK_SECRET"]}")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        await SendAsync(client, request, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Billing asks for an invoice's money.</summary>
    public async Task ChargeAsync(HttpMessageInvoker client, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{endpoints.Url(FunctionApp.Payments)}/v1/payments")
        {
            Content = JsonContent.Create(new
            {
                invoiceId = Guid.CreateVersion7(),
                userId = Guid.CreateVersion7(),
                amount = new { amount = 531690, currency = "IDR" },
                method = "bank_transfer",
                bank = "bca",
                description = "benchmark",
            }),
        };
        request.Headers.Add("X-Tenant-ID", "default");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        await SendAsync(client, request, expected, cancellationToken);
    }

    /// <summary>The same charge at the provider, with nothing of ours between.</summary>
    public async Task ChargeThereAsync(HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{endpoints.Ports.Midtrans}/v2/charge")
        {
            Content = JsonContent.Create(
                new
                {
                    payment_type = "bank_transfer",
                    transaction_details = new { order_id = $"B-{Guid.NewGuid():N}", gross_amount = 531690 },
                    bank_transfer = new { bank = "bca" },
                }),
        };
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes(settings["MIDTRANS_SERVER_KEY"] + ":"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", key);
        await SendAsync(client, request, HttpStatusCode.OK, cancellationToken);
    }

    private string Token() => new ServiceToken(
        Options.Create(new TokenOptions { Secret = settings["JWT_SECRET"]! }), ServiceIdentity.Billing, TimeProvider.System).Create(ServiceIdentity.Payments.Key);

    private static async Task SendAsync(
        HttpMessageInvoker client, HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(request, cancellationToken);
        if (answer.StatusCode != expected)
            throw new LoadException($"{request.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
    }
}
