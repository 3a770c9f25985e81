using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// What each payment method of section 2 tells the payer, and how long the payer has.
static class PaymentMethods
{
    const string VaPrefix = "81278500";

    public static MidtransTransaction Open(ChargeRequest request, MidtransTransaction basis, Uri host)
    {
        var opened = request.PaymentType switch
        {
            "bank_transfer" => BankTransfer(basis, request.BankTransfer),
            "permata" => Permata(basis),
            "echannel" => Echannel(basis, request.Echannel),
            "gopay" => Gopay(basis, host),
            "shopeepay" => Shopeepay(basis, host),
            "cstore" => Cstore(basis, request.Cstore),
            // "dana" is a page of Snap and no method of the classic API.
            _ => throw new MidtransRefusal(402, "Payment channel is not activated.", $"payment_type {request.PaymentType} is not available")
        };
        return request.CustomExpiry is { } custom ? opened with { ExpiryTime = ExpiryOf(custom, basis.TransactionTime) } : opened;
    }

    // How a payer of the Snap page would have been charged had the merchant chosen the method itself.
    public static MidtransTransaction OpenFromSnap(string method, MidtransTransaction basis, Uri host) => method switch
    {
        "dana" => basis with { PaymentType = "dana", TransactionId = DanaId(basis), ExpiryTime = basis.TransactionTime.AddMinutes(15) },
        "bca_va" or "bni_va" or "bri_va" or "cimb_va" => BankTransfer(basis, new BankTransferDetails(method[..^3], null)),
        "permata_va" => Permata(basis),
        "echannel" => Echannel(basis, new EchannelDetails("Payment for:", "order")),
        "gopay" => Gopay(basis, host),
        "shopeepay" => Shopeepay(basis, host),
        "indomaret" or "alfamart" => Cstore(basis, new CstoreDetails(method, null)),
        _ => throw new MidtransRefusal(402, $"Payment channel {method} is not activated.")
    };

    static MidtransTransaction BankTransfer(MidtransTransaction basis, BankTransferDetails? details)
    {
        if (details?.Bank == "permata")
            return Permata(basis);
        if (details?.Bank is not ("bca" or "bni" or "bri" or "cimb"))
            throw MidtransRefusal.Invalid("bank_transfer.bank must be one of bca, bni, bri, cimb, permata");
        if (details.VaNumber is { } wish && (wish.Length > 18 || !wish.All(char.IsAsciiDigit)))
            throw MidtransRefusal.Invalid("bank_transfer.va_number must be digits, at most 18");

        var number = VaPrefix + (details.VaNumber ?? RandomDigits.Of(details.Bank == "bca" ? 7 : 8));
        return basis with
        {
            PaymentType = "bank_transfer",
            ExpiryTime = basis.TransactionTime.AddDays(1),
            MethodFields = new JsonObject
            {
                ["va_numbers"] = new JsonArray(new JsonObject { ["bank"] = details.Bank, ["va_number"] = number })
            }
        };
    }

    // The one bank whose number stands at the top level.
    static MidtransTransaction Permata(MidtransTransaction basis) => basis with
    {
        PaymentType = "bank_transfer",
        ExpiryTime = basis.TransactionTime.AddDays(1),
        MethodFields = new JsonObject { ["permata_va_number"] = "8500" + RandomDigits.Of(11) }
    };

    static MidtransTransaction Echannel(MidtransTransaction basis, EchannelDetails? details)
    {
        if (details is not { BillInfo1.Length: > 0, BillInfo2.Length: > 0 })
            throw MidtransRefusal.Invalid("echannel.bill_info1 is required", "echannel.bill_info2 is required");
        return basis with
        {
            PaymentType = "echannel",
            ExpiryTime = basis.TransactionTime.AddDays(1),
            MethodFields = new JsonObject { ["bill_key"] = RandomDigits.Of(12), ["biller_code"] = "70012" }
        };
    }

    static MidtransTransaction Gopay(MidtransTransaction basis, Uri host)
    {
        var core = new Uri(host, $"v2/{basis.TransactionId}/");
        return basis with
        {
            PaymentType = "gopay",
            ExpiryTime = basis.TransactionTime.AddMinutes(15),
            ChargeFields = new JsonObject
            {
                ["actions"] = new JsonArray(
                    Action("generate-qr-code", "GET", new Uri(host, $"v2/gopay/{basis.TransactionId}/qr-code")),
                    Action("deeplink-redirect", "GET", new Uri(host, $"pay/{basis.TransactionId}")),
                    Action("get-status", "GET", new Uri(core, "status")),
                    Action("cancel", "POST", new Uri(core, "cancel")))
            }
        };
    }

    static MidtransTransaction Shopeepay(MidtransTransaction basis, Uri host) => basis with
    {
        PaymentType = "shopeepay",
        ExpiryTime = basis.TransactionTime.AddMinutes(15),
        ChargeFields = new JsonObject
        {
            ["channel_response_code"] = "0",
            ["channel_response_message"] = "success",
            ["actions"] = new JsonArray(Action("deeplink-redirect", "GET", new Uri(host, $"pay/{basis.TransactionId}")))
        }
    };

    static MidtransTransaction Cstore(MidtransTransaction basis, CstoreDetails? details) => basis with
    {
        PaymentType = "cstore",
        ExpiryTime = basis.TransactionTime.AddDays(1),
        FraudStatus = details?.Store == "indomaret" ? null : basis.FraudStatus,
        MethodFields = new JsonObject
        {
            ["payment_code"] = details?.Store switch
            {
                "indomaret" => "5781" + RandomDigits.Of(8),
                "alfamart" => "8127" + RandomDigits.Of(12),
                _ => throw MidtransRefusal.Invalid("cstore.store must be indomaret or alfamart")
            },
            ["store"] = details.Store
        }
    };

    static DateTimeOffset ExpiryOf(CustomExpiry custom, DateTimeOffset transactionTime)
    {
        if (custom.ExpiryDuration is not > 0)
            throw MidtransRefusal.Invalid("custom_expiry.expiry_duration must be greater than 0");
        if (custom.OrderTime is { } text && MidtransFormat.ReadTime(text) is null)
            throw MidtransRefusal.Invalid("custom_expiry.order_time must be like 2026-01-31 13:00:00 +0700");

        var start = MidtransFormat.ReadTime(custom.OrderTime) ?? transactionTime;
        var duration = custom.ExpiryDuration.Value;
        return custom.Unit switch
        {
            "second" => start.AddSeconds(duration),
            "minute" or null => start.AddMinutes(duration),
            "hour" => start.AddHours(duration),
            "day" => start.AddDays(duration),
            _ => throw MidtransRefusal.Invalid("custom_expiry.unit must be second, minute, hour or day")
        };
    }

    static string DanaId(MidtransTransaction basis) =>
        $"A1{basis.TransactionTime.UtcDateTime:yyyyMMddHHmmss}NP{RandomNumberGenerator.GetString("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 8)}ID";

    static JsonObject Action(string name, string method, Uri url) =>
        new() { ["name"] = name, ["method"] = method, ["url"] = url.ToString() };
}
