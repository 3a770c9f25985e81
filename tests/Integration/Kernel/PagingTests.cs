using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>On the list of invoices, which pages as the other lists do.</summary>
[Collection<KernelCollection>]
public sealed class PagingTests(KernelDesk desk)
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 9)]
    [InlineData(5, 10)]
    [InlineData(100, 10)]
    public async Task Every_entry_stands_on_one_page_newest_first(int limit, int count)
    {
        using var user = await NewUserAsync();
        var ids = await InsertAsync(user, count);

        var pages = await ReadAllAsync(user, limit);

        Assert.Equal(ids.AsEnumerable().Reverse(), pages.SelectMany(page => page));
        Assert.Equal((count + limit - 1) / limit, pages.Count);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(limit, page.Count));
    }

    [Fact]
    public async Task A_list_of_nothing_is_one_empty_page()
    {
        using var user = await NewUserAsync();

        Assert.Empty(Assert.Single(await ReadAllAsync(user, 5)));
    }

    [Fact]
    public async Task A_page_shows_twenty_entries_when_nobody_says_how_many()
    {
        using var user = await NewUserAsync();
        await InsertAsync(user, 21);

        var page = await user.GetFromJsonAsync<JsonElement>("v1/invoices");

        Assert.Equal(20, page.GetProperty("items").GetArrayLength());
        Assert.NotNull(page.GetProperty("next").GetString());
    }

    [Fact]
    public async Task What_is_added_between_two_pages_neither_repeats_nor_hides_an_entry()
    {
        using var user = await NewUserAsync();
        var ids = await InsertAsync(user, 4);
        var first = await ReadAsync(user, "v1/invoices?limit=2");

        await InsertAsync(user, 3);
        var second = await ReadAsync(user, $"v1/invoices?limit=2&cursor={first.Next}");

        Assert.Equal([ids[3], ids[2]], first.Ids);
        Assert.Equal([ids[1], ids[0]], second.Ids);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task The_cursor_of_another_tenant_shows_nothing_of_his()
    {
        using var other = await NewUserAsync();
        await InsertAsync(other, 3);
        var foreign = await ReadAsync(other, "v1/invoices?limit=1");
        using var user = await NewUserAsync();
        await InsertAsync(user, 2);

        var page = await ReadAsync(user, $"v1/invoices?cursor={foreign.Next}");

        Assert.Empty(page.Ids);
    }

    [Theory]
    [InlineData("cursor=", "INVALID_CURSOR")]
    [InlineData("cursor=1", "INVALID_CURSOR")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAA", "INVALID_CURSOR")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAA%2B%2F", "INVALID_CURSOR")]
    [InlineData("cursor=0193ffff-0000-7000-8000-000000000000", "INVALID_CURSOR")]
    [InlineData("limit=", "INVALID_LIMIT")]
    [InlineData("limit=0", "INVALID_LIMIT")]
    [InlineData("limit=101", "INVALID_LIMIT")]
    [InlineData("limit=-1", "INVALID_LIMIT")]
    [InlineData("limit=1.5", "INVALID_LIMIT")]
    [InlineData("limit=99999999999", "INVALID_LIMIT")]
    [InlineData("limit=5&limit=6", "INVALID_LIMIT")]
    public async Task What_no_list_gave_is_refused(string query, string code)
    {
        using var user = await NewUserAsync();

        await Problem.AssertAsync(await user.GetAsync($"v1/invoices?{query}"), HttpStatusCode.BadRequest, code);
    }

    private async Task<HttpClient> NewUserAsync() =>
        await desk.NewUserAsync(FunctionApp.Billing, await desk.NewTenantAsync(), "invoices:read");

    private static async Task<List<IReadOnlyList<Guid>>> ReadAllAsync(HttpClient user, int limit)
    {
        var pages = new List<IReadOnlyList<Guid>>();
        for (string? cursor = null; pages.Count < 50;)
        {
            var page = await ReadAsync(user, $"v1/invoices?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            pages.Add(page.Ids);
            if (page.Next is null)
                return pages;
            cursor = page.Next;
        }
        throw new InvalidOperationException("The pages do not end.");
    }

    private static async Task<(IReadOnlyList<Guid> Ids, string? Next)> ReadAsync(HttpClient user, string path)
    {
        var page = await user.GetFromJsonAsync<JsonElement>(path);
        return ([.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())], page.GetProperty("next").GetString());
    }

    private async Task<IReadOnlyList<Guid>> InsertAsync(HttpClient user, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).Order().ToArray();
        await desk.ExecuteAsync(
            """
            insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount,
                                                     currency, due_date, created_at, updated_at)
            select @tenant, id, 'INV-' || id, id, 479000, 0.11, 52690, 531690, 'IDR', now() + interval '7 days', now(), now() from unnest(@ids) as id
            """,
            new { ids, tenant = user.DefaultRequestHeaders.GetValues("X-Tenant-ID").Single() });
        return ids;
    }
}
