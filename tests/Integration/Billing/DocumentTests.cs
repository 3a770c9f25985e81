using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Tests.Integration.Kernel;
using UglyToad.PdfPig;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<FacesCollection>]
public sealed class DocumentTests(FacesDesk desk)
{
    [Fact]
    public async Task An_issued_invoice_gets_a_PDF_that_anybody_with_its_link_can_read_for_minutes()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.BillAsync();
        var link = await payer.LinkAsync(invoice);
        using var anybody = desk.Anybody();

        using (var answer = await anybody.GetAsync((string)link["url"]!))
        {
            var file = await answer.Content.ReadAsByteArrayAsync();
            Assert.Equal("application/pdf", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal((string)link["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(file)));
            var text = TextOf(file);
            Assert.All(
                ["Tagihan", "INV-", "Toko & Anak <Jakarta>", "Rp 3.453.454", "Rp 379.880", "Rp 3.833.334", "Halaman 1 dari 1"],
                part => Assert.Contains(part, text, StringComparison.Ordinal));
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));
        using var expired = await anybody.GetAsync((string)link["url"]!);
        await Problem.AssertAsync(expired, HttpStatusCode.Gone, "DOCUMENT_LINK_EXPIRED");
    }

    [Fact]
    public async Task Where_the_tenants_clock_is_ahead_the_document_is_of_its_time_and_the_link_of_the_real_one()
    {
        var payer = await desk.WelcomeAsync("invoices:write");
        var to = desk.Now.AddDays(200);
        using (var moved = await payer.Billing.PostAsJsonAsync("v1/test-clock", new { to }))
            Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        var link = await payer.LinkAsync(await payer.BillAsync());
        using var anybody = desk.Anybody();

        Assert.Contains($"INV-{to:yyyy-MM}-0001", TextOf(await anybody.GetByteArrayAsync((string)link["url"]!)), StringComparison.Ordinal);
        Assert.True((DateTimeOffset)link["expiresAt"]! < desk.Now.AddMinutes(11));
        Assert.Equal([true], await desk.QueryAsync<bool>(
            "select created_at >= @to from billing_management.documents where tenant_id = @Tenant", new { payer.Tenant, to }));
    }

    [Fact]
    public async Task A_link_that_was_changed_leads_nowhere()
    {
        var payer = await desk.WelcomeAsync();
        var url = (string)(await payer.LinkAsync(await payer.BillAsync()))["url"]!;
        using var anybody = desk.Anybody();

        using var changed = await anybody.GetAsync(url[..^2] + (url[^2] == 'A' ? "B" : "A") + url[^1]);
        await Problem.AssertAsync(changed, HttpStatusCode.NotFound, "UNKNOWN_DOCUMENT_LINK");
        // A page's key opens no file.
        using var other = await anybody.GetAsync("v1/documents/" + desk.PayToken(payer.Tenant, Guid.CreateVersion7()));
        await Problem.AssertAsync(other, HttpStatusCode.NotFound, "UNKNOWN_DOCUMENT_LINK");
    }

    [Fact]
    public async Task Nobody_else_gets_a_link()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.BillAsync();
        foreach (var stranger in new[] { await desk.JoinAsync(payer.Tenant), await desk.WelcomeAsync("invoices:read") })
        {
            using var answer = await stranger.Billing.GetAsync($"v1/invoices/{invoice}/pdf");
            await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "INVOICE_NOT_FOUND");
        }
    }

    [Fact]
    public async Task A_credit_note_gets_a_PDF_that_names_its_invoice()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var invoice = await payer.BillAsync();
        await payer.PayAsync(invoice);
        var note = await payer.SendAsync(HttpMethod.Post, $"v1/invoices/{invoice}/credit-notes", new { reason = "not delivered" }, expected: 201);
        var number = (string)(await payer.GetAsync($"v1/invoices/{invoice}"))["number"]!;

        var text = TextOf(await payer.DownloadAsync($"v1/credit-notes/{note["id"]}"));
        Assert.All(
            ["Nota kredit", (string)note["number"]!, number, "Rp 3.453.454", "Rp 379.880", "Rp 3.833.334"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Contains(number, await payer.Billing.GetStringAsync($"v1/credit-notes/{note["id"]}/html"), StringComparison.Ordinal);
        using var other = await (await desk.JoinAsync(payer.Tenant)).Billing.GetAsync($"v1/credit-notes/{note["id"]}/pdf");
        await Problem.AssertAsync(other, HttpStatusCode.NotFound, "CREDIT_NOTE_NOT_FOUND");
    }

    [Fact]
    public async Task What_is_made_stays_and_a_paid_invoice_gets_a_file_of_its_own()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var invoice = await payer.BillAsync(29.99m, "USD");
        var issued = await payer.DownloadAsync(invoice);
        await payer.SendAsync(HttpMethod.Put, "v1/billing-profile", new { legalName = "Renamed Ltd", locale = "en", methods = new[] { "gopay" } });

        Assert.Equal(issued, await payer.DownloadAsync(invoice));
        await payer.PayAsync(invoice);
        // Everything about it shows the seller that issued it, in its language; what is issued from now on shows the new one.
        var paid = TextOf(await payer.DownloadAsync(invoice));
        Assert.All(["Toko & Anak <Jakarta>", "Lunas", "US$29,99", "US$0,00"], part => Assert.Contains(part, paid, StringComparison.Ordinal));
        using var anybody = desk.Anybody();
        foreach (var html in new[]
        {
            await payer.Billing.GetStringAsync($"v1/invoices/{invoice}/html"), await anybody.GetStringAsync($"v1/pay/{desk.PayToken(payer.Tenant, invoice)}"),
        })
        {
            Assert.Contains("Toko &amp; Anak", html, StringComparison.Ordinal);
            Assert.DoesNotContain("Renamed", html, StringComparison.Ordinal);
        }

        var note = await payer.SendAsync(HttpMethod.Post, $"v1/invoices/{invoice}/credit-notes", new { reason = "late" }, expected: 201);
        Assert.Contains("Renamed Ltd", await payer.Billing.GetStringAsync($"v1/credit-notes/{note["id"]}/html"), StringComparison.Ordinal);
        Assert.Contains("Renamed Ltd", await payer.Billing.GetStringAsync($"v1/invoices/{await payer.BillAsync()}/html"), StringComparison.Ordinal);
        var kept = await desk.QueryAsync<byte[]>(
            "select sha256 from billing_management.documents where tenant_id = @Tenant and subject_id = @invoice and version = 'issued'",
            new { payer.Tenant, invoice });
        Assert.Equal(SHA256.HashData(issued), Assert.Single(kept));
    }

    [Fact]
    public async Task A_file_that_is_lost_is_made_again_to_the_byte()
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        var invoice = await payer.BillAsync();
        var before = await payer.DownloadAsync(invoice);
        await payer.SendAsync(HttpMethod.Put, "v1/billing-profile", new { legalName = "Another name", locale = "en", methods = new[] { "gopay" } });
        var blob = Assert.Single(await BlobsAsync(payer.Tenant));
        await Container.DeleteBlobAsync(blob);
        using var anybody = desk.Anybody();
        var url = (string)(await payer.LinkAsync(invoice))["url"]!;

        using (var missing = await anybody.GetAsync(url))
            await Problem.AssertAsync(missing, HttpStatusCode.ServiceUnavailable, "DOCUMENT_BEING_PREPARED");
        await Eventually.HoldsAsync(async () => (await BlobsAsync(payer.Tenant)).Count == 1, "The file was not made again.");
        Assert.Equal(before, await anybody.GetByteArrayAsync(url));
    }

    [Fact]
    public async Task A_crash_between_the_file_and_its_row_is_repaired()
    {
        var payer = await desk.WelcomeAsync();
        // Documents of other tests may still be on their way; they pass.
        await desk.ExecuteAsync($"""
            create function wait_at_documents() returns trigger language plpgsql as $$
            begin perform pg_advisory_xact_lock(4711); return new; end $$;
            create trigger wait_at_documents before insert on billing_management.documents for each row when (new.tenant_id = '{payer.Tenant}')
            execute function wait_at_documents()
            """);
        Guid invoice;
        await using (var gate = await desk.HoldAsync(4711))
        {
            invoice = await payer.BillAsync();
            await Eventually.HoldsAsync(async () => await gate.WaitingAsync() > 0, "Nobody came to write the row.");
            Assert.Single(await BlobsAsync(payer.Tenant));
            await desk.Apps[FunctionApp.Billing].KillAsync();
            await gate.EndWhoWaitAsync();
        }

        await desk.ExecuteAsync("drop trigger wait_at_documents on billing_management.documents");
        Assert.Empty(await RowsAsync(payer.Tenant));
        await desk.Apps[FunctionApp.Billing].StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(async () => (await RowsAsync(payer.Tenant)).Count == 1, "Nobody finished the work.");

        Assert.Equal(await RowsAsync(payer.Tenant), await BlobsAsync(payer.Tenant));
        Assert.Contains("Rp 3.833.334", TextOf(await payer.DownloadAsync(invoice)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_pages_repeat_the_head_of_the_table()
    {
        var payer = await desk.WelcomeAsync();
        var price = new Money(1000, Currency.Idr);
        var invoice = await payer.BillAsync(90_000, lines: [.. Enumerable.Range(1, 90).Select(seat => new ChargeLine($"Kursi {seat}", 1, price, price))]);

        using var pdf = PdfDocument.Open(await payer.DownloadAsync(invoice));
        Assert.True(pdf.NumberOfPages >= 3);
        Assert.All(pdf.GetPages(), page => Assert.Contains("Harga satuan", Text(page), StringComparison.Ordinal));
        Assert.Contains($"Halaman 2 dari {pdf.NumberOfPages}", Text(pdf.GetPage(2)), StringComparison.Ordinal);
    }

    private BlobContainerClient Container => new(desk.Storage, "documents");

    private async Task<List<string>> BlobsAsync(string tenant)
    {
        var names = new List<string>();
        await foreach (var blob in Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, tenant + "/", CancellationToken.None))
            names.Add(blob.Name);
        return names;
    }

    private Task<IReadOnlyList<string>> RowsAsync(string tenant) =>
        desk.QueryAsync<string>("select blob_name from billing_management.documents where tenant_id = @tenant", new { tenant });

    private static string TextOf(byte[] file)
    {
        using var pdf = PdfDocument.Open(file);
        return string.Join('\n', pdf.GetPages().Select(Text));
    }

    private static string Text(UglyToad.PdfPig.Content.Page page) => string.Concat(page.Letters.Select(letter => letter.Value));
}
