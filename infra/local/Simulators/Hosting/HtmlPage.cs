using System.Net;
using System.Text;

namespace ServerlessBusiness.Simulators.Hosting;

// A small page for people, made on the server. The policy header keeps it from loading anything, here or outside.
static class HtmlPage
{
    public static IResult Of(string title, string body) => new Page(
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{Text(title)}}</title>
        <style>
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2430; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #dde3ea; vertical-align: top; }
        form { display: inline; }
        button { padding: .2rem .7rem; }
        .message { background: #eef4fb; border-radius: .5rem; padding: .4rem .8rem; margin: .3rem 0; max-width: 40rem; }
        .message { white-space: pre-wrap; }
        .quiet { color: #66758a; }
        iframe { width: 100%; height: 30rem; border: 1px solid #dde3ea; }
        </style>
        </head>
        <body>
        <h1>{{Text(title)}}</h1>
        {{body}}
        </body>
        </html>
        """);

    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    public static string Button(string action, string label) =>
        $"""<form method="post" action="{Text(action)}"><button>{Text(label)}</button></form>""";

    sealed class Page(string html) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(html), context.RequestAborted);
        }
    }
}
