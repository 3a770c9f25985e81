using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Payments.Midtrans;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>Bodies that no provider sends, and notices that lack what was agreed on.</summary>
[Collection<PaymentsCollection>]
public sealed class HostileNoticeTests(PaymentsDesk desk)
{
    [Fact]
    public async Task Ten_megabytes_are_refused_whether_their_length_is_told_or_not()
    {
        var body = $$"""{"order_id":"{{new string('a', 10 * 1024 * 1024)}}"}""";

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(Json(body)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(new StreamContent(new Unmeasured(Encoding.UTF8.GetBytes(body)))));
    }

    [Fact]
    public async Task A_notice_in_chunks_is_taken()
    {
        var payment = await desk.ChargeAsync();

        Assert.Equal(HttpStatusCode.OK, await SendAsync(new StreamContent(new Unmeasured(Encoding.UTF8.GetBytes(Signed(payment))))));
    }

    [Fact]
    public async Task Deep_and_ambiguous_bodies_are_no_notices()
    {
        var payment = await desk.ChargeAsync();
        var signed = Signed(payment);
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 10_000)) + "1" + new string('}', 10_000);

        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(Json(deep)));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(Json(signed[..^1] + ""","order_id":"another"}""")));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(Json(signed[..^1] + ""","transaction_status":"settlement"}""")));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? type)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(content));
    }

    [Fact]
    public async Task Other_encodings_are_refused()
    {
        var payment = await desk.ChargeAsync();
        var packed = Json(Signed(payment));
        packed.Headers.ContentEncoding.Add("gzip");
        var wide = new ByteArrayContent(Encoding.Unicode.GetBytes(Signed(payment)));
        wide.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(packed));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(wide));
    }

    [Theory]
    [InlineData("v1/webhooks/midtrans")]
    [InlineData("v1/webhooks/midtrans?token=wrong")]
    [InlineData("v1/webhooks/midtrans/default?token=local-midtrans-webhook-secret")]
    public async Task A_right_signature_without_the_agreed_token_is_not_enough(string path)
    {
        var payment = await desk.ChargeAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(Json(Signed(payment)), path));
    }

    private async Task<HttpStatusCode> SendAsync(HttpContent content, string path = PaymentsDesk.Webhook)
    {
        if (content is StreamContent)
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var client = desk.Apps.Client(FunctionApp.Payments, tenant: null);
        using var answer = await client.PostAsync(path, content);
        return answer.StatusCode;
    }

    private static ByteArrayContent Json(string body) =>
        new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Signed(JsonNode payment) => new JsonObject
    {
        ["order_id"] = (string?)payment["orderId"],
        ["status_code"] = "201",
        ["gross_amount"] = "531690.00",
        ["transaction_status"] = "pending",
        ["signature_key"] = MidtransSignature.Of((string)payment["orderId"]!, "201", "531690.00", PaymentsDesk.ServerKey),
    }.ToJsonString();

    // Sent in chunks, because nobody knows how long it is.
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
