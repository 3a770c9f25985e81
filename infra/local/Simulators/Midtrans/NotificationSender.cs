using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Midtrans;

// Tells the merchant's server. SendAsync returns when every copy has been tried once; repeats go on in the background.
sealed class NotificationSender(RetrySchedule schedule, TimeProvider clock) : IAsyncDisposable
{
    const int MostHops = 5;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // The provider sends no trace headers, and follows redirects in its own way.
    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = Patience
    };
    readonly Journal<NotificationAttempt> _journal = new(2_000);
    readonly Troubles<NotificationShape> _shapes = new(shape => shape.OrderId, _ => 1);
    readonly ConcurrentDictionary<string, ConcurrentQueue<JsonObject>> _heldBack = new();
    readonly BackgroundWork _background = new();

    public IReadOnlyList<NotificationAttempt> Attempts => _journal.Read();

    public void Plan(NotificationShape shape) => _shapes.Plan(shape);

    // A pending notice tells nothing new to the caller of the charge, so it does not use up a planned shape.
    public async Task SendAsync(MidtransTransaction transaction, NotificationShape? shape, CancellationToken cancellationToken)
    {
        shape ??= (transaction.Status == TransactionStatus.Pending ? null : _shapes.Take(transaction.OrderId)) ?? new NotificationShape();
        var body = Shaped(transaction, shape);
        if (shape.Drop)
        {
            NoteUnsent(transaction, body, "dropped on request");
            return;
        }
        if (shape.Reorder)
        {
            _heldBack.GetOrAdd(transaction.TransactionId, _ => new ConcurrentQueue<JsonObject>()).Enqueue(body);
            return;
        }
        await Task.Delay(shape.DelayMs, cancellationToken);
        await SendCopiesAsync(transaction, body, shape);
        if (_heldBack.TryRemove(transaction.TransactionId, out var held))
            foreach (var late in held)
                await SendCopiesAsync(transaction, late, new NotificationShape());
    }

    public void SendInBackground(MidtransTransaction transaction) =>
        RunInBackground(cancellationToken => SendAsync(transaction, null, cancellationToken));

    public void RunInBackground(Func<CancellationToken, Task> work) => _background.Run(work);

    // Forgets the journal, what is planned and every retry that still waits.
    public void Clear()
    {
        _background.CancelAll();
        _journal.Clear();
        _shapes.Clear();
        _heldBack.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        _http.Dispose();
    }

    static JsonObject Shaped(MidtransTransaction transaction, NotificationShape shape)
    {
        var told = shape.WrongAmount ? transaction with { GrossAmount = transaction.GrossAmount + 1_000 } : transaction;
        var body = WireBodies.Notification(told);
        if (shape.StatusOverride is { } status)
            body["transaction_status"] = status;
        if (shape.WrongSignature)
            body["signature_key"] = MidtransSignature.Of(transaction.OrderId, "200", "1.00", "another-server-key");
        return body;
    }

    void NoteUnsent(MidtransTransaction transaction, JsonObject body, string note) =>
        _journal.Add(new NotificationAttempt(transaction.OrderId, null, 0, null, note, 0, clock.GetUtcNow(), body.ToJsonString()));

    async Task SendCopiesAsync(MidtransTransaction transaction, JsonObject body, NotificationShape shape)
    {
        if (transaction.NotificationUrls.IsEmpty)
            NoteUnsent(transaction, body, "no notification URL is configured");
        var text = body.ToJsonString();
        var targets = transaction.NotificationUrls.SelectMany(url => Enumerable.Repeat(url, Math.Max(1, shape.Copies)));
        if (shape.Parallel)
            await Task.WhenAll(targets.Select(url => SendOnceThenRetryAsync(transaction.OrderId, url, text)));
        else
            foreach (var url in targets)
                await SendOnceThenRetryAsync(transaction.OrderId, url, text);
    }

    async Task SendOnceThenRetryAsync(string orderId, string url, string body)
    {
        var status = await AttemptAsync(orderId, url, body, 1, CancellationToken.None);
        if (RetrySchedule.RetriesAfter(status) > 0)
            _background.Run(cancellationToken => RetryAsync(orderId, url, body, status, cancellationToken));
    }

    async Task RetryAsync(string orderId, string url, string body, int? status, CancellationToken cancellationToken)
    {
        for (var retry = 1; retry <= RetrySchedule.RetriesAfter(status); retry++)
        {
            await Task.Delay(schedule.WaitBefore(retry), cancellationToken);
            status = await AttemptAsync(orderId, url, body, retry + 1, cancellationToken);
        }
    }

    async Task<int?> AttemptAsync(string orderId, string url, string body, int attempt, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        int? status = null;
        string? note = null;
        try
        {
            status = await PostAsync(new Uri(url), body, cancellationToken);
        }
        catch (HttpRequestException problem)
        {
            note = problem.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            note = $"no answer within {Patience.TotalSeconds:0} s";
        }
        var took = Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1);
        _journal.Add(new NotificationAttempt(orderId, url, attempt, status, note, took, at, body));
        return status;
    }

    // 307 and 308 are followed with the same POST; the other redirects end it.
    async Task<int> PostAsync(Uri url, string body, CancellationToken cancellationToken)
    {
        for (var hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.ParseAdd("Veritrans");
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await _http.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            if (status is not (307 or 308) || response.Headers.Location is not { } location || hop == MostHops)
                return status;
            url = new Uri(url, location);
        }
    }
}
