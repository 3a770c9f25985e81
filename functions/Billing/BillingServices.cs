using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Billing.Reports;
using ServerlessBusiness.Billing.Statements;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing;

internal static class BillingServices
{
    public static void AddBilling(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<InvoiceStatus>();
        builder.AddSettings<BillingOptions>();
        builder.AddServiceClients(ServiceIdentity.Payments);
        builder.Services.AddPersonalData(BillingPersonalData.Sources);
        builder.Services
            .AddSingleton<InvoiceStore>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<IssueInvoice>()
            .AddSingleton<PayInvoice>()
            .AddSingleton<SettleInvoice>()
            .AddSingleton<ReopenInvoice>()
            .AddSingleton<CancelInvoice>()
            .AddSingleton<CreditStore>()
            .AddSingleton<PreviewInvoice>()
            .AddSingleton<WithdrawInvoice>();
        builder.AddFaces();
    }

    // What others see of an invoice: documents, pages, statements and reports.
    private static void AddFaces(this FunctionsApplicationBuilder builder)
    {
        builder.AddSettings<DocumentOptions>();
        builder.Services
            .AddSingleton<BillingProfileStore>()
            .AddSingleton<BillingProfiles>()
            .AddSingleton<PutBillingProfile>()
            .AddSingleton<DocumentStore>()
            .AddSingleton<DocumentBlobs>()
            .AddSingleton<ComposeDocument>()
            .AddSingleton<RenderDocument>()
            .AddSingleton<LinkDocument>()
            .AddSingleton<ReportStore>()
            .AddSingleton<StatementStore>()
            .AddSingleton<ReadPayPage>()
            .AddSingleton<ChooseMethod>();
    }
}
