using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Runtime.Timers;

namespace ServerlessBusiness.Runtime.Http;

// The paths that belong to the host: fire a timer by hand, and tell that the host runs.
internal sealed class AdminEndpoint(TimerService timers)
{
    private const string Functions = "/admin/functions/";

    public static bool Owns(PathString path) => path == "/" || path.StartsWithSegments("/admin");

    public Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (path == "/")
            return http.Response.WriteAsync("The functions are running.", http.RequestAborted);
        if (path.Equals("/admin/host/status", StringComparison.OrdinalIgnoreCase) && HttpMethods.IsGet(http.Request.Method))
            return http.Response.WriteAsJsonAsync(new { state = "Running" }, http.RequestAborted);

        var fired = path.StartsWith(Functions, StringComparison.OrdinalIgnoreCase)
            && HttpMethods.IsPost(http.Request.Method)
            && timers.TryFire(path[Functions.Length..].TrimEnd('/'));
        http.Response.StatusCode = fired ? StatusCodes.Status202Accepted : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
