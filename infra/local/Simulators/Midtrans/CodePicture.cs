using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Simulators.Midtrans;

// Looks like a QR code, so that pages can be judged with one; no camera reads it. Payments are settled by the buttons of the simulator.
static class CodePicture
{
    const int Modules = 29;
    const int Corner = 8;

    public static string Of(string id)
    {
        var noise = SHA512.HashData(Encoding.UTF8.GetBytes(id));
        var picture = new StringBuilder($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {Modules + 4} {Modules + 4}" width="240" height="240" shape-rendering="crispEdges">
            <path fill="#fff" d="M-2-2h{Modules + 4}v{Modules + 4}h-{Modules + 4}z"/><path d="
            """);
        foreach (var (x, y) in new[] { (0, 0), (Modules - 7, 0), (0, Modules - 7) })
            picture.Append($"M{x} {y}h7v7h-7zM{x + 1} {y + 1}v5h5v-5zM{x + 2} {y + 2}h3v3h-3z");
        for (var place = 0; place < Modules * Modules; place++)
        {
            var (y, x) = Math.DivRem(place, Modules);
            var isCorner = (x < Corner && (y < Corner || y >= Modules - Corner)) || (x >= Modules - Corner && y < Corner);
            if (!isCorner && (noise[place % noise.Length] >> (place / noise.Length % 8) & 1) == 1)
                picture.Append($"M{x} {y}h1v1h-1z");
        }

        return picture.Append("\"/></svg>").ToString();
    }
}
