using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// The proof that a notification comes from somebody who knows our server key: SHA-512 over order id, status code, amount and key, in hex.
/// It covers nothing else, so it never says that the status is true.
/// </summary>
public static class MidtransSignature
{
    public static string Of(string orderId, string statusCode, string grossAmount, string serverKey) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(orderId + statusCode + grossAmount + serverKey)));

    /// <summary>Compares in constant time; the strings are taken exactly as they were received.</summary>
    public static bool IsValid(MidtransNotice notice, string serverKey) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Of(notice.OrderId, notice.StatusCode, notice.GrossAmount, serverKey)),
        Encoding.UTF8.GetBytes(notice.SignatureKey));
}
