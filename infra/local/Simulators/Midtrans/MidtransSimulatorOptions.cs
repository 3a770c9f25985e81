namespace ServerlessBusiness.Simulators.Midtrans;

public sealed record MidtransSimulatorOptions
{
    public int Port { get; init; }
    public string ServerKey { get; init; } = "SB-Mid-server-local";
    public string? ClientKey { get; init; }
    public string MerchantId { get; init; } = "G000000001";

    // Where notifications go unless a charge says otherwise; none are sent without it.
    public string? WebhookUrl { get; init; }

    // Real retries take hours; 0.01 makes the first wait 1.2 s.
    public double RetryScale { get; init; } = 0.01;

    // The provider also tells that a charge has been created, often before its answer has been read.
    public bool PendingNotices { get; init; } = true;
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    // Where merchants and transactions outlive the process; without it they do not.
    public string? StateFile { get; init; }
}
