using System.Security.Cryptography;

namespace ServerlessBusiness.Simulators.Midtrans;

static class RandomDigits
{
    public static string Of(int count) => RandomNumberGenerator.GetString("0123456789", count);
}
