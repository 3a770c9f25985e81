namespace ServerlessBusiness.Simulators.Midtrans;

sealed record RefundRequest(string? RefundKey, decimal? Amount, string? Reason);
