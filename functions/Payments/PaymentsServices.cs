using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Rates;
using ServerlessBusiness.Payments.Reconciliation;
using ServerlessBusiness.Payments.Refunds;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Payments;

internal static class PaymentsServices
{
    public static void AddPayments(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<PaymentStatus>();
        DapperSetup.MapEnum<ProviderState>();
        DapperSetup.MapEnum<RefundStatus>();
        builder.AddSettings<VaultOptions>();
        builder.Services.AddSingleton<IValidateOptions<VaultOptions>>(new VaultSampleCheck(builder.Environment));
        builder.AddMidtrans();
        builder.Services.AddPersonalData(PaymentsPersonalData.Sources);
        builder.Services
            .AddSingleton<PaymentStore>()
            .AddSingleton<DuePaymentStore>()
            .AddSingleton<CommittedWork>()
            .AddSingleton<CreateCharge>()
            .AddSingleton<PlaceCharge>()
            .AddSingleton<MovePayment>()
            .AddSingleton<CancelCharge>()
            .AddSingleton<ChangePayment>()
            .AddSingleton<HandleSurplus>()
            .AddSingleton<RefundStore>()
            .AddSingleton<RefundPayment>()
            .AddSingleton<CompleteRefund>()
            .AddSingleton<FxQuoteStore>()
            .AddSingleton<ConvertAmount>()
            .AddSingleton<ReconcileCharges>()
            .AddSingleton<ReportStore>()
            .AddSingleton<DueCheckStore>()
            .AddSingleton<CompareBooks>()
            .AddSingleton<WriteReports>();
        builder.Services
            .AddSingleton<PaymentVault>()
            .AddSingleton<SealedStore>()
            .AddSingleton<ReencryptSecrets>()
            .AddSingleton<MerchantAccountStore>()
            .AddSingleton<MerchantAccountBook>()
            .AddSingleton<PutMerchantAccount>()
            .AddSingleton<SavedMethodStore>()
            .AddSingleton<CardWishStore>()
            .AddSingleton<KeepCard>()
            .AddSingleton<ChargeToken>()
            .AddSingleton<LinkWallet>()
            .AddSingleton<RefreshWallet>()
            .AddSingleton<WalletUnlinkStore>()
            .AddSingleton<UnlinkWallet>()
            .AddSingleton<DeleteSavedMethod>();
    }
}
