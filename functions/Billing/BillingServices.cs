using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Billing.Charges;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Billing.Cycles;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Dunning;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Billing.Reconciliation;
using ServerlessBusiness.Billing.Reports;
using ServerlessBusiness.Billing.Statements;
using ServerlessBusiness.Billing.TestClocks;
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
        builder.AddSettings<TimerSchedules>();
        builder.AddServiceClients(ServiceIdentity.Payments);
        builder.Services.AddPersonalData(BillingPersonalData.Sources);
        builder.Services
            .AddSingleton<InvoiceStore>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<RequestStore>()
            .AddSingleton(RequestStore.Kept)
            .AddSingleton<CouponStore>()
            .AddSingleton<CreateCoupon>()
            .AddSingleton<RedeemCoupon>()
            .AddSingleton<ReturnCoupons>()
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
            .AddSingleton<ReleaseParked>()
            .AddSingleton<PayInvoice>()
            .AddSingleton<SettleInvoice>()
            .AddSingleton<ReopenInvoice>()
            .AddSingleton<CancelInvoice>()
            .AddSingleton<CreditStore>()
            .AddSingleton<ChargeCreditStore>()
            .AddSingleton<GiveBack>()
            .AddSingleton<AdjustCredit>()
            .AddSingleton<PreviewInvoice>()
            .AddSingleton<WithdrawInvoice>();
        builder.Services
            .AddSingleton<BalanceStore>()
            .AddSingleton<ReceivedPaymentStore>()
            .AddSingleton<PlaceMoney>()
            .AddSingleton<AskAgain>()
            .AddSingleton<ApplyRefund>()
            .AddSingleton<NoteFailure>()
            .AddSingleton<StopCollecting>()
            .AddSingleton<CollectionStore>()
            .AddSingleton<SpendCredit>()
            .AddSingleton<CollectInvoices>()
            .AddSingleton<DunningPolicyStore>()
            .AddSingleton<DunningStore>()
            .AddSingleton<TenantPages>()
            .AddSingleton<RunDunning>()
            .AddSingleton<RemindUnpaid>()
            .AddSingleton<CreditNoteStore>()
            .AddSingleton<RefundStore>()
            .AddSingleton<WriteCreditNote>()
            .AddSingleton<LowerOpen>()
            .AddSingleton<IssueCreditNote>()
            .AddSingleton<SendRefunds>()
            .AddSingleton<ReconciliationStore>()
            .AddSingleton<Reconcile>();
        builder.Services
            .AddSingleton<BillingTime>()
            .AddSingleton<TestClockStore>()
            .AddSingleton<TenantClocks>()
            .AddSingleton<PlayTimers>()
            .AddSingleton<AdvanceTestClock>();
        builder.AddFaces();
    }

    // What others see of an invoice: documents, pages, statements and reports.
    private static void AddFaces(this FunctionsApplicationBuilder builder)
    {
        builder.AddSettings<DocumentOptions>();
        builder.Services
            .AddSingleton<BillingProfileStore>()
            .AddSingleton<SellerStore>()
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
