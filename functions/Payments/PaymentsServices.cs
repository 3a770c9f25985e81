using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Reconciliation;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Payments;

internal static class PaymentsServices
{
    public static void AddPayments(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<PaymentStatus>();
        DapperSetup.MapEnum<MidtransState>();
        builder.AddMidtrans();
        builder.Services.AddPersonalData(PaymentsPersonalData.Sources);
        builder.Services
            .AddSingleton<PaymentStore>()
            .AddSingleton<CreateCharge>()
            .AddSingleton<PlaceCharge>()
            .AddSingleton<MovePayment>()
            .AddSingleton<CancelCharge>()
            .AddSingleton<MidtransNoticeStore>()
            .AddSingleton<ReceiveNotice>()
            .AddSingleton<ReconcileCharges>();
    }
}
