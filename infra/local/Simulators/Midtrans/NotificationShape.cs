namespace ServerlessBusiness.Simulators.Midtrans;

// How the next notification shall differ from a well-behaved one.
// Reorder holds it back until the next notification of the same transaction has been sent.
// WrongAmount changes gross_amount and signs the changed body, so that only a comparison with the own amount notices.
public sealed record NotificationShape(
    int DelayMs = 0,
    int Copies = 1,
    bool Parallel = false,
    bool Reorder = false,
    bool Drop = false,
    bool WrongSignature = false,
    bool WrongAmount = false,
    string? StatusOverride = null,
    string? OrderId = null);
