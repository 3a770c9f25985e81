using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class ServiceClientTests : ServiceClientFixture
{
    [Fact]
    public async Task A_call_says_who_asks_for_which_tenant_and_with_what_right()
    {
        Payments.Answer = JsonAnswer("""{"id":"0199f3f0-0000-7000-8000-000000000000","status":"pending","addedLater":1}""");
        using var activity = new Activity("test").Start();

        var charged = await ClientWith().PostAsync<Charge, Charged>(Tenant, "/v1/charges", new Charge("inv-1", 531690), "key-1", CancellationToken.None);

        Assert.Equal("pending", charged.Status);
        var call = Assert.Single(Payments.Calls);
        Assert.Equal(("POST", "/v1/charges"), (call.Method, call.Path));
        Assert.Equal("""{"invoiceId":"inv-1","amount":531690}""", call.Body);
        Assert.Equal("billing-service", call.Headers["X-Service-Name"]);
        Assert.Equal("acme", call.Headers["X-Tenant-ID"]);
        Assert.Equal("key-1", call.Headers["Idempotency-Key"]);
        Assert.StartsWith("Bearer ey", call.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains(activity.TraceId.ToString(), call.Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_passed_on_as_the_service_meant_it()
    {
        Payments.AnswerProblem(422, "AMOUNT_TOO_SMALL", "The amount is below the least that a bank takes.");

        var refused = await Assert.ThrowsAsync<ProblemException>(() => PostAsync(ClientWith()));

        Assert.Equal((422, "AMOUNT_TOO_SMALL"), (refused.Status, refused.Code));
        Assert.Equal("The amount is below the least that a bank takes.", refused.Message);
        Assert.Equal(["too small"], refused.Errors!["amount"]);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task An_answer_that_no_caller_can_act_upon_is_our_own_failure(int status)
    {
        Payments.AnswerStatus(status);
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync(ClientWith()));
        Assert.Contains($"payment-gateway answered {status}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_service_token_does_not_tell_the_user_to_sign_in()
    {
        Payments.AnswerProblem(401, "INVALID_TOKEN", "The token is not valid.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync(ClientWith()));
    }

    [Fact]
    public async Task Reading_is_tried_again_and_changing_is_not()
    {
        Payments.AnswerStatus(500);
        var client = ClientWith();

        await Assert.ThrowsAsync<ServiceUnavailableException>(() => client.GetAsync<Charged>(Tenant, "/v1/charges/1", CancellationToken.None));
        await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));

        Assert.Equal(3, Payments.Calls.Count(call => call.Method == "GET"));
        Assert.Equal(1, Payments.Calls.Count(call => call.Method == "POST"));
    }

    [Fact]
    public async Task A_change_that_ran_out_of_time_may_have_happened()
    {
        Payments.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var failed = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(ClientWith(("PAYMENTS_TIMEOUT_SECONDS", "0.2"))));
        Assert.True(failed.OutcomeUnknown);
        Assert.Equal("payment-gateway did not answer within 0.2 seconds.", failed.Message);
    }

    [Fact]
    public async Task An_answer_whose_body_never_comes_is_none()
    {
        Payments.Answer = async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        var failed = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(ClientWith(("PAYMENTS_TIMEOUT_SECONDS", "0.2"))));
        Assert.True(failed.OutcomeUnknown);
        Assert.Equal("payment-gateway did not answer within 0.2 seconds.", failed.Message);
    }

    [Fact]
    public async Task Reading_is_tried_again_when_the_answer_breaks_off()
    {
        Payments.Answer = async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("{");
            http.Abort();
        };
        await Assert.ThrowsAsync<ServiceUnavailableException>(() => ClientWith().GetAsync<Charged>(Tenant, "/v1/charges/1", CancellationToken.None));
        Assert.Equal(3, Payments.Calls.Count);
    }

    [Fact]
    public async Task A_change_whose_connection_was_cut_may_have_happened()
    {
        Payments.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var failed = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(ClientWith()));
        Assert.True(failed.OutcomeUnknown);
    }

    [Fact]
    public async Task A_service_that_is_not_there_has_done_nothing()
    {
        var failed = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(ClientWith(("PAYMENTS_URL", "http://127.0.0.1:1"))));
        Assert.False(failed.OutcomeUnknown);
        Assert.Equal("payments", failed.Service);
    }

    [Fact]
    public async Task A_service_that_no_connection_reaches_has_done_nothing()
    {
        var failed = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(ClientOfNobodyWith()));
        Assert.False(failed.OutcomeUnknown);
        Assert.Equal("payment-gateway could not be reached.", failed.Message);
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_not_a_failure_of_the_service()
    {
        using var caller = new CancellationTokenSource();
        Payments.Answer = async http =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ClientWith().GetAsync<Charged>(Tenant, "/v1/charges/1", caller.Token));
    }

    [Theory]
    [InlineData("PAYMENTS_URL", "")]
    [InlineData("PAYMENTS_URL", "127.0.0.1:8023")]
    [InlineData("SERVICE_BREAKER_SECONDS", "soon")]
    [InlineData("SERVICE_BREAKER_SECONDS", "0")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string name, string value)
    {
        using var host = HostWith((name, value));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    private static Func<HttpContext, Task> JsonAnswer(string json) => http =>
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    };

    private static Task<Charged> PostAsync(ServiceClient client) =>
        client.PostAsync<Charge, Charged>(Tenant, "/v1/charges", new Charge("inv-1", 1), null, CancellationToken.None);
}
