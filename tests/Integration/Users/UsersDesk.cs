using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Integration.Users;

[CollectionDefinition(nameof(UsersDesk))]
public sealed class UsersDeskCollection : ICollectionFixture<UsersDesk>;

/// <summary>
/// Users, Notifications, Billing and the simulators as processes, started once for all tests of Users. Tests take tenants of their own. Users are
/// written to the tables with one known password, so that only tests of passwords pay for hashing.
/// </summary>
public sealed partial class UsersDesk(StackFixture stack) : IAsyncLifetime
{
    public const string Password = "correct horse battery staple";

    private TestDatabase? database;
    private TestApps? apps;
    private TestSessions? sessions;
    private NpgsqlDataSource? owner;
    private HttpClient? mail;
    private string? knownHash;

    public StackFixture Stack => stack;
    public TestDatabase Database => database!;
    public TestApps Apps => apps!;

    /// <summary>Sessions without a password, for what is not about signing in.</summary>
    public TestSessions Sessions => sessions!;

    public async ValueTask InitializeAsync()
    {
        DapperSetup.Ensure();
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        apps = await database.StartAppsAsync(FunctionApp.Users, FunctionApp.Notifications, FunctionApp.Billing);
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps));
        mail = new HttpClient { BaseAddress = apps.Mail };
        knownHash = Hash(Password);
    }

    public async ValueTask DisposeAsync()
    {
        mail?.Dispose();
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A tenant that no other test uses.</summary>
    public async Task<string> NewTenantAsync(string locale = "en", string rateLimits = """{"auth":60000}""")
    {
        var tenant = $"t-{Guid.CreateVersion7():N}";
        await ExecuteAsync(
            "insert into user_management.tenants (id, name, locale, rate_limits) values (@tenant, 'Test', @locale, @rateLimits::jsonb)",
            new { tenant, locale, rateLimits });
        return tenant;
    }

    /// <summary>A verified user of the tenant whose password is <see cref="Password"/>, with a role of these permissions if there are any.</summary>
    public async Task<TestUser> NewUserAsync(string tenant, params string[] permissions)
    {
        var id = Guid.CreateVersion7();
        var user = new TestUser(id, tenant, $"u{id:N}@example.com", $"u{id:N}");
        await InsertAsync(user, knownHash!);
        if (permissions.Length > 0)
            await GiveRoleAsync(user, $"role-{id:N}", permissions);
        return user;
    }

    /// <summary>A verified user with a hash of another scheme.</summary>
    public async Task<TestUser> NewUserWithHashAsync(string tenant, string passwordHash)
    {
        var id = Guid.CreateVersion7();
        var user = new TestUser(id, tenant, $"u{id:N}@example.com", $"u{id:N}");
        await InsertAsync(user, passwordHash);
        return user;
    }

    /// <summary>Gives the user a role of that name, which is made when the tenant has none such.</summary>
    public Task GiveRoleAsync(TestUser user, string role, params string[] permissions) => ExecuteAsync(
        """
        insert into user_management.roles (tenant_id, id, name, permissions, created_at)
        values (@Tenant, @roleId, @role, to_jsonb(@permissions), now())
        on conflict (tenant_id, name) do nothing;
        insert into user_management.user_roles (tenant_id, id, user_id, role_id, assigned_at)
        select @Tenant, @assignment, @Id, id, now() from user_management.roles where tenant_id = @Tenant and name = @role;
        """,
        new { user.Tenant, user.Id, role, permissions, roleId = Guid.CreateVersion7(), assignment = Guid.CreateVersion7() });

    /// <summary>A new user with these permissions, and a client of Users in his name.</summary>
    public async Task<(TestUser User, HttpClient Client)> NewMemberAsync(string tenant, params string[] permissions)
    {
        var user = await NewUserAsync(tenant, permissions);
        return (user, await SignedInAsync(user, permissions));
    }

    /// <summary>A new user who holds the built-in role <c>admin</c>, and a client of Users in his name.</summary>
    public async Task<(TestUser User, HttpClient Client)> NewAdministratorAsync(string tenant)
    {
        var user = await NewUserAsync(tenant);
        await GiveRoleAsync(user, "admin", "*");
        return (user, await SignedInAsync(user, "*"));
    }

    /// <summary>A client of Users in nobody's name.</summary>
    public HttpClient Anonymous(string tenant) => Apps.Client(FunctionApp.Users, tenant);

    /// <summary>A client of Users in the name of the user, whose session is real and whose password nobody typed.</summary>
    public async Task<HttpClient> SignedInAsync(TestUser user, params string[] permissions) =>
        Apps.Client(FunctionApp.Users, user.Tenant, await Sessions.SignInAsync(user.Tenant, user.Id, permissions));

    /// <summary>The answer of a sign-in with the password.</summary>
    public Task<HttpResponseMessage> TrySignInAsync(string tenant, string login, string password = Password) =>
        PostAsync(tenant, "v1/auth/login", new { login, password });

    /// <summary>The tokens of a sign-in with the password, which must succeed.</summary>
    public async Task<JsonNode> SignInAsync(TestUser user, string password = Password)
    {
        using var answer = await TrySignInAsync(user.Tenant, user.Email, password);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<HttpResponseMessage> PostAsync(string tenant, string path, object body)
    {
        using var client = Anonymous(tenant);
        return await client.PostAsJsonAsync(path, body);
    }

    /// <summary>All mails to the address, oldest first, once there are that many.</summary>
    public async Task<IReadOnlyList<JsonNode>> MailsAsync(string address, int count = 1)
    {
        IReadOnlyList<JsonNode> found = [];
        await Eventually.HoldsAsync(
            async () => (found = await ReadMailsAsync(address)).Count >= count, $"{count} mails to the address were expected.");
        return found;
    }

    /// <summary>The mails that came to the address so far.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReadMailsAsync(string address) =>
        [.. (await mail!.GetFromJsonAsync<JsonArray>($"control/messages?to={Uri.EscapeDataString(address)}"))!.Select(one => one!)];

    /// <summary>The token in the newest mail to the address, once there are that many.</summary>
    public async Task<string> TokenMailedAsync(string address, int count = 1) => TokenIn((await MailsAsync(address, count))[^1]);

    public static string TokenIn(JsonNode mail) => MailedToken().Match((string)mail["text"]!) is { Success: true } found
        ? found.Groups[1].Value
        : throw new InvalidOperationException($"There is no token in the mail '{mail["subject"]}'.");

    /// <summary>
    /// Waits until Users and Notifications have no message to send or to hear; the other services do not run here. What is put off to a later time,
    /// as a mail to an address that is not known yet, is not waited for.
    /// </summary>
    public async Task UntilQuietAsync()
    {
        IReadOnlyList<string> left = [];
        await Eventually.HoldsAsync(
            async () => (left = await QueryAsync<string>(
                """
                select concat_ws(' ', path, subject, available_at, delivery_count) from local_broker.messages
                where (path like 'notifications-%' or path ilike '%/users' or path ilike '%/notifications') and available_at <= @now
                union all select concat_ws(' ', 'users', subject, available_at) from user_management.outbox where available_at <= @now
                union all select concat_ws(' ', 'notifications', subject, available_at) from notification_management.outbox where available_at <= @now
                """,
                new { now = apps!.Clock.Now.UtcDateTime })).Count == 0,
            () => $"Messages are still on their way: {string.Join(", ", left)}");
    }

    /// <summary>The actions in the tenant's audit log, oldest first, save refusals, which come by message at any time.</summary>
    public Task<IReadOnlyList<string>> AuditAsync(string tenant) => QueryAsync<string>(
        "select action from user_management.audit_log where tenant_id = @tenant and action <> 'permission.denied' order by seq", new { tenant });

    /// <summary>What was asked for in vain in the tenant, in alphabetical order, once so many refusals have come by message.</summary>
    public async Task<IReadOnlyList<string>> DeniedAsync(string tenant, int count)
    {
        IReadOnlyList<string> denied = [];
        await Eventually.HoldsAsync(
            async () => (denied = await QueryAsync<string>(
                "select detail ->> 'permission' from user_management.audit_log where tenant_id = @tenant and action = 'permission.denied' order by 1",
                new { tenant })).Count >= count,
            () => $"{count} refusals were expected: {string.Join(", ", denied)}");
        return denied;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<T> ReadAsync<T>(string sql, object? parameters = null) => (await QueryAsync<T>(sql, parameters)).Single();

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await owner!.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>The hash that Users would keep of a password.</summary>
    public string Hash(string password, int cost = TestApps.PasswordCost) =>
        new PasswordScheme(Encoding.UTF8.GetBytes(LocalSettings.Shared(Apps.Endpoints)["PASSWORD_PEPPER"]!), cost).Hash(password);

    private Task InsertAsync(TestUser user, string passwordHash) => ExecuteAsync(
        """
        insert into user_management.users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash, email_verified,
                                           created_at, updated_at)
        values (@Tenant, @Id, @Email, @email, @Username, @username, @passwordHash, true, now(), now());
        insert into user_management.usernames (tenant_id, username_normalized, user_id) values (@Tenant, @username, @Id);
        """,
        new
        {
            user.Tenant,
            user.Id,
            user.Email,
            email = EmailAddress.Parse(user.Email).Normalized,
            user.Username,
            username = Username.Parse(user.Username).Normalized,
            passwordHash,
        });

    [GeneratedRegex("[?&]token=([A-Za-z0-9_-]+)")]
    private static partial Regex MailedToken();
}

/// <summary>Somebody of a test's own tenant.</summary>
public sealed record TestUser(Guid Id, string Tenant, string Email, string Username);
