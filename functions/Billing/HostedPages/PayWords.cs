using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>The words of the hosted page in one language.</summary>
internal sealed record PayWords
{
    private static readonly PayWords English = new()
    {
        Locale = "en", OtherLocale = "id", OtherLanguage = "Bahasa Indonesia", Due = "Due {0}", Choose = "How would you like to pay?",
        Transfer = "Bank transfer", Wallets = "Wallet", Shops = "At the counter", Paid = "Paid", PaidText = "Thank you. We have received your payment.",
        Cancelled = "Cancelled", CancelledText = "This invoice was cancelled. There is nothing to pay.",
        Confirming = "Payment received", ConfirmingText = "It is being confirmed. This page changes by itself.",
        Waiting = "Waiting for your payment", WaitingText = "This page changes by itself once the money has arrived.",
        VaNumber = "Virtual account number", BillerCode = "Company code", BillKey = "Bill key", PaymentCode = "Payment code", AmountToPay = "Amount to pay",
        Copy = "Copy", Copied = "Copied", Scan = "Scan this code with your app.", OpenApp = "Open {0}", Continue = "Go on to {0}",
        PayBy = "Pay by {0}", TimeLeft = "Time left:", Preparing = "Being prepared",
        PreparingText = "The bank has not answered yet. You will not be charged twice.", TryAgain = "Try again", Change = "Pay in another way",
        Pdf = "Download PDF", Details = "Invoice details", NotPayable = "There is no way to pay here. Please ask the sender.",
        Refused = "This way to pay was refused. Please choose another.", Busy = "The payment service does not answer. Please try again shortly.",
        TooManyTitle = "One moment, please", TooMany = "That was a little fast. Please try again in a minute.",
        Failed = "This did not work. Please try again or choose another way.",
        ExpiredTitle = "This link has expired", ExpiredText = "Please use the link of a newer message, or sign in to see your invoices.",
        UnknownTitle = "This link does not work", UnknownText = "Please check that it was copied completely, or use the link in the message again.",
        PdfPreparing = "The PDF is being made", PdfPreparingText = "It will be here in a moment.",
        UntilText = "Pay before {0}.", InYourBank = "Transfer exactly this amount to the number above, by app, internet banking or ATM.",
        AtCounter = "Say that you want to pay to a merchant by Midtrans and show the code.",
    };

    private static readonly PayWords Indonesian = new()
    {
        Locale = "id", OtherLocale = "en", OtherLanguage = "English", Due = "Jatuh tempo {0}", Choose = "Bagaimana Anda ingin membayar?",
        Transfer = "Transfer bank", Wallets = "Dompet digital", Shops = "Di gerai", Paid = "Lunas", PaidText = "Terima kasih. Pembayaran Anda sudah kami terima.",
        Cancelled = "Dibatalkan", CancelledText = "Tagihan ini dibatalkan. Tidak ada yang perlu dibayar.",
        Confirming = "Pembayaran diterima", ConfirmingText = "Sedang dikonfirmasi. Halaman ini berubah dengan sendirinya.",
        Waiting = "Menunggu pembayaran Anda", WaitingText = "Halaman ini berubah dengan sendirinya begitu dana diterima.",
        VaNumber = "Nomor virtual account", BillerCode = "Kode perusahaan", BillKey = "Kode bayar", PaymentCode = "Kode pembayaran",
        AmountToPay = "Jumlah yang dibayar", Copy = "Salin", Copied = "Tersalin", Scan = "Pindai kode ini dengan aplikasi Anda.", OpenApp = "Buka {0}",
        Continue = "Lanjut ke {0}", PayBy = "Bayar dengan {0}", TimeLeft = "Sisa waktu:", Preparing = "Sedang disiapkan",
        PreparingText = "Bank belum menjawab. Anda tidak akan ditagih dua kali.", TryAgain = "Coba lagi", Change = "Bayar dengan cara lain",
        Pdf = "Unduh PDF", Details = "Rincian tagihan", NotPayable = "Pembayaran tidak tersedia di sini. Silakan hubungi pengirim.",
        Refused = "Cara bayar ini ditolak. Silakan pilih yang lain.", Busy = "Layanan pembayaran tidak menjawab. Silakan coba lagi sebentar lagi.",
        TooManyTitle = "Mohon tunggu sebentar", TooMany = "Terlalu cepat. Silakan coba lagi dalam satu menit.",
        Failed = "Tidak berhasil. Silakan coba lagi atau pilih cara lain.",
        ExpiredTitle = "Tautan ini sudah kedaluwarsa", ExpiredText = "Gunakan tautan dari pesan yang lebih baru, atau masuk untuk melihat tagihan Anda.",
        UnknownTitle = "Tautan ini tidak berfungsi", UnknownText = "Pastikan tautan disalin lengkap, atau buka kembali tautan di dalam pesan.",
        PdfPreparing = "PDF sedang dibuat", PdfPreparingText = "Sebentar lagi tersedia di sini.",
        UntilText = "Bayar sebelum {0}.", InYourBank = "Transfer tepat sejumlah ini ke nomor di atas lewat aplikasi, internet banking, atau ATM.",
        AtCounter = "Sebutkan pembayaran merchant lewat Midtrans dan tunjukkan kodenya.",
    };

    public required string Locale { get; init; }
    public required string OtherLocale { get; init; }
    public required string OtherLanguage { get; init; }
    public required string Due { get; init; }
    public required string Choose { get; init; }
    public required string Transfer { get; init; }
    public required string Wallets { get; init; }
    public required string Shops { get; init; }
    public required string Paid { get; init; }
    public required string PaidText { get; init; }
    public required string Cancelled { get; init; }
    public required string CancelledText { get; init; }
    public required string Confirming { get; init; }
    public required string ConfirmingText { get; init; }
    public required string Waiting { get; init; }
    public required string WaitingText { get; init; }
    public required string VaNumber { get; init; }
    public required string BillerCode { get; init; }
    public required string BillKey { get; init; }
    public required string PaymentCode { get; init; }
    public required string AmountToPay { get; init; }
    public required string Copy { get; init; }
    public required string Copied { get; init; }
    public required string Scan { get; init; }
    public required string OpenApp { get; init; }
    public required string Continue { get; init; }
    public required string PayBy { get; init; }
    public required string TimeLeft { get; init; }
    public required string Preparing { get; init; }
    public required string PreparingText { get; init; }
    public required string TryAgain { get; init; }
    public required string Change { get; init; }
    public required string Pdf { get; init; }
    public required string Details { get; init; }
    public required string NotPayable { get; init; }
    public required string Refused { get; init; }
    public required string Busy { get; init; }
    public required string TooManyTitle { get; init; }
    public required string TooMany { get; init; }
    public required string Failed { get; init; }
    public required string ExpiredTitle { get; init; }
    public required string ExpiredText { get; init; }
    public required string UnknownTitle { get; init; }
    public required string UnknownText { get; init; }
    public required string PdfPreparing { get; init; }
    public required string PdfPreparingText { get; init; }
    public required string UntilText { get; init; }
    public required string InYourBank { get; init; }
    public required string AtCounter { get; init; }

    public static PayWords In(string locale) => DateFormat.IsIndonesian(locale) ? Indonesian : English;
}
