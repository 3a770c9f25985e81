using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Cycles;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing;

internal static class BillingServices
{
    public static void AddBilling(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<InvoiceStatus>();
        DapperSetup.MapEnum<TaxMode>();
        DapperSetup.MapEnum<RunTrigger>();
        DapperSetup.MapEnum<RunStatus>();
        DapperSetup.MapEnum<CouponDuration>();
        builder.AddSettings<BillingOptions>();
        builder.AddServiceClients(ServiceIdentity.Payments);
        builder.Services.AddPersonalData(BillingPersonalData.Sources);
        builder.Services
            .AddSingleton<InvoiceStore>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<CouponStore>()
            .AddSingleton<CreateCoupon>()
            .AddSingleton<RedeemCoupon>()
            .AddSingleton<ComposeBills>()
            .AddSingleton<IssueInvoices>()
            .AddSingleton<IssueInvoice>()
            .AddSingleton<SupersedeInvoice>()
            .AddSingleton<DraftInvoice>()
            .AddSingleton<FinaliseInvoice>()
            .AddSingleton<DiscardDraft>()
            .AddSingleton<TaxStore>()
            .AddSingleton<InvoiceBatchStore>()
            .AddSingleton<AgreementStore>()
            .AddSingleton<RenewalStore>()
            .AddSingleton<KeepAgreement>()
            .AddSingleton<BillingRunStore>()
            .AddSingleton<StartBillingRun>()
            .AddSingleton<RunBillingPages>()
            .AddSingleton<PreviewBillingRun>()
            .AddSingleton<PayInvoice>()
            .AddSingleton<SettleInvoice>()
            .AddSingleton<ReopenInvoice>()
            .AddSingleton<CancelInvoice>()
            .AddSingleton<CreditStore>()
            .AddSingleton<PreviewInvoice>()
            .AddSingleton<WithdrawInvoice>();
    }
}
