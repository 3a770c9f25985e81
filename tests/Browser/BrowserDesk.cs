using Microsoft.Playwright;
using ServerlessBusiness.Tests.Integration.Billing;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Browser;

/// <summary>The apps of the hosted page and a Chromium that is installed on this machine. Without one nothing is started, and tests are skipped.</summary>
public sealed class BrowserDesk(StackFixture stack) : IAsyncLifetime
{
    private const string NoChromium =
        "No Chromium is installed, so no page is looked at. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.";

    private static readonly string[] Places =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];

    private static readonly string? Executable =
        Places.Prepend(Environment.GetEnvironmentVariable("CHROMIUM") ?? "").FirstOrDefault(File.Exists);

    private IPlaywright? playwright;
    private IBrowser? browser;
    private FacesDesk? faces;

    public FacesDesk Faces => faces!;

    /// <summary>Where the pictures of pages are.</summary>
    public static string Pictures { get; } = Path.Combine(Path.GetTempPath(), "serverless-business-pages");

    public async ValueTask InitializeAsync()
    {
        if (Executable is null)
        {
            Console.Error.WriteLine(NoChromium);
            return;
        }

        Directory.CreateDirectory(Pictures);
        faces = new FacesDesk(stack);
        await faces.InitializeAsync();
        playwright = await Playwright.CreateAsync();
        string[] root = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args =
            [
                .. root, "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-sync",
                "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await (browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        playwright?.Dispose();
        await (faces?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Skips the test when there is no browser.</summary>
    public static void RequireChromium() => Assert.SkipWhen(Executable is null, NoChromium);

    public Task<Visitor> OnPhoneAsync(bool withScripts = true) => VisitAsync(390, 844, withScripts);

    public Task<Visitor> OnDesktopAsync(bool withScripts = true) => VisitAsync(1280, 900, withScripts);

    private async Task<Visitor> VisitAsync(int width, int height, bool withScripts)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            JavaScriptEnabled = withScripts,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        return new Visitor(context, await context.NewPageAsync());
    }
}

/// <summary>Somebody with a browser; what it complains of is kept.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    public Visitor(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.SetDefaultTimeout(30_000);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Broken policies, failed scripts and missing pictures.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    public Task PictureAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(BrowserDesk.Pictures, name + ".png"),
        FullPage = true,
    });

    /// <summary>Waits for an element with that text.</summary>
    public Task SeeAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
