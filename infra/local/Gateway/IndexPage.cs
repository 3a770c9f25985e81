using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Local.Gateway;

/// <summary>What a browser shows at the gateway's own address.</summary>
internal static class IndexPage
{
    public static void MapIndex(this WebApplication app, StackEndpoints stack)
    {
        var page = Render(stack);
        app.MapGet("/", () => Results.Content(page, "text/html; charset=utf-8"));
    }

    private static string Render(StackEndpoints stack)
    {
        var apps = string.Concat(FunctionApp.All.Select(app =>
            $"""<li>/{app.Name}/… goes to {stack.Url(app)} (<a href="/{app.Name}/health">health</a>)</li>"""));
        return $$"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>ServerlessBusiness, local</title>
            <style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }</style></head>
            <body>
            <h1>ServerlessBusiness, local</h1>
            <p><a href="/docs">API documentation</a>, <a href="/local/status">status of all parts</a>, <a href="/local/clock">clock</a></p>
            <ul>{{apps}}</ul>
            <p>Outside world: <a href="http://127.0.0.1:{{stack.Ports.Midtrans}}/">Midtrans</a>,
            <a href="http://127.0.0.1:{{stack.Ports.Telegram}}/">Telegram chats</a>,
            <a href="http://127.0.0.1:{{stack.Ports.Mail}}/">mailbox</a></p>
            </body>
            </html>
            """;
    }
}
