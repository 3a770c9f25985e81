using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Simulators.Midtrans;

// A plain keyed hash over three strings exactly as sent. Neither the status nor the transaction id is covered by it.
public static class MidtransSignature
{
    public static string Of(string orderId, string statusCode, string grossAmount, string serverKey) =>
        Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(orderId + statusCode + grossAmount + serverKey)));
}
