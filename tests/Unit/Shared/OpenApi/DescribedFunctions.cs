using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Shared.OpenApi;

public sealed class DescribedFunctions
{
    [Function("DescribedCreate"), Requires("orders:write"), Idempotent, Accepts<OrderRequest>, Summary("Places an order.")]
    public Task<Created<OrderView>> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/orders")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedList"), Authenticated, Summary("Lists orders, newest first.")]
    [Query("limit", typeof(int), "How many at most."), Query("status", typeof(OrderStatus), "Only these.")]
    public Task<Ok<Page<OrderView>>> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/orders")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedGet"), Authenticated]
    public Task<Results<Ok<OrderView>, NoContent>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/orders/{id:guid}/lines/{line:int:min(1)}")] HttpRequest request, Guid id, int line) =>
        throw new NotSupportedException($"{request.Path} {id} {line}");

    [Function("DescribedCancel"), Authenticated]
    public Task<Accepted> Cancel([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/orders/{id:guid}")] HttpRequest request, Guid id) =>
        throw new NotSupportedException($"{request.Path} {id}");

    [Function("DescribedOpen"), Anonymous]
    public Ok<OrderView> Open([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/open")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedHealth"), Anonymous(NeedsTenant = false), AlsoAnswers(StatusCodes.Status503ServiceUnavailable, typeof(OrderView))]
    public JsonHttpResult<OrderView> Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedHook"), Anonymous(NeedsTenant = false), AcceptsForeignJson]
    public Ok Hook([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/hook")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedFile"), Anonymous(NeedsTenant = false), Answers("application/pdf")]
    public FileContentHttpResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/file")] HttpRequest request) =>
        throw new NotSupportedException(request.Path);

    [Function("DescribedTimer")]
    public void Timer([TimerTrigger("0 0 0 1 * *")] TimerInfo timer) => throw new NotSupportedException(timer.ToString());
}

public enum OrderStatus
{
    Pending,
    PaidInFull,
}

public sealed record OrderRequest(
    [property: Required, StringLength(40, MinimumLength = 3)] string? Reference,
    [property: EmailAddress] string? Email,
    [property: RegularExpression(@"^\+62[0-9]{8,12}\z")] string? Phone,
    [Range(1, 99)] int Quantity,
    Money? Limit,
    IReadOnlyList<OrderLine> Lines);

public sealed record OrderLine([property: Required] string Description, Money Price);

public sealed record OrderView(
    Guid Id, OrderStatus Status, OrderStatus? Before, Money Total, DateTimeOffset CreatedAt, string? Note, OrderParty Buyer, OrderParty? Payer);

public sealed record OrderParty(string Name, OrderParty? Parent);
