using System.Net;
using System.Net.Http.Json;
using System.Text;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class PasswordTests(UsersDesk desk)
{
    [Theory]
    [InlineData("s3v3n!x")]
    [InlineData("\U0001f980\U0001f41d\U0001f332\U0001f3b2\U0001f9ed\U0001f6b2\U0001f9f5")]
    [InlineData("password1")]
    [InlineData("qwertyuiop")]
    [InlineData("tradingplatform")]
    [InlineData("northwindtraders")]
    [InlineData("miriam.makeba")]
    [InlineData("kartawijaya1")]
    [InlineData("08119402773")]
    public async Task A_password_that_is_too_short_or_easy_is_refused(string password)
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync("update user_management.tenants set name = 'Northwindtraders' where id = @tenant", new { tenant });

        await Problem.AssertAsync(await RegisterAsync(tenant, password), HttpStatusCode.BadRequest, "PASSWORD_REFUSED");
    }

    [Fact]
    public async Task A_password_of_129_characters_is_refused_and_one_of_a_megabyte_is_not_even_read()
    {
        var tenant = await desk.NewTenantAsync();
        await Problem.AssertAsync(await RegisterAsync(tenant, Varied(129)), HttpStatusCode.BadRequest, "PASSWORD_REFUSED");
        await Problem.AssertAsync(await RegisterAsync(tenant, Varied(600)), HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        await Problem.AssertAsync(await RegisterAsync(tenant, new string('x', 1 << 20)), HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");

        using var atSignIn = await desk.TrySignInAsync(tenant, "nobody", new string('x', 1 << 20));
        await Problem.AssertAsync(atSignIn, HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    public async Task Every_emoji_of_a_long_password_counts(int length)
    {
        var tenant = await desk.NewTenantAsync();
        var password = Varied(length);
        var username = $"u{Guid.CreateVersion7():N}";
        using (var registered = await RegisterAsync(tenant, password, username))
            Assert.True(registered.StatusCode == HttpStatusCode.Created, await registered.Content.ReadAsStringAsync());
        await desk.ExecuteAsync("update user_management.users set email_verified = true where tenant_id = @tenant", new { tenant });

        using (var other = await desk.TrySignInAsync(tenant, username, password[..^2] + "\U0001f47e"))
            await Problem.AssertAsync(other, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        using var same = await desk.TrySignInAsync(tenant, username, password);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
    }

    [Fact]
    public async Task A_hash_of_the_first_scheme_signs_in_and_is_made_anew()
    {
        var old = BCrypt.Net.BCrypt.EnhancedHashPassword(UsersDesk.Password, 4);
        var user = await desk.NewUserWithHashAsync(await desk.NewTenantAsync(), old);
        using (var wrong = await desk.TrySignInAsync(user.Tenant, user.Email, "not the password"))
            await Problem.AssertAsync(wrong, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        Assert.Equal(old, await HashAsync(user));

        await desk.SignInAsync(user);

        var renewed = await HashAsync(user);
        Assert.StartsWith("hmac-sha384:$2", renewed);
        await desk.SignInAsync(user);
        Assert.Equal(renewed, await HashAsync(user));
    }

    [Theory]
    [InlineData("status = 'suspended'")]
    [InlineData("email_verified = false")]
    public async Task An_old_hash_of_whoever_may_not_sign_in_stays_or_the_time_of_another_would_tell_that_the_password_is_right(string change)
    {
        var old = BCrypt.Net.BCrypt.EnhancedHashPassword(UsersDesk.Password, 4);
        var user = await desk.NewUserWithHashAsync(await desk.NewTenantAsync(), old);
        await desk.ExecuteAsync($"update user_management.users set {change} where id = @Id", new { user.Id });

        using (var right = await desk.TrySignInAsync(user.Tenant, user.Email))
            await Problem.AssertAsync(right, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");

        Assert.Equal(old, await HashAsync(user));
    }

    [Fact]
    public async Task When_too_many_wait_to_be_hashed_they_are_told_to_come_back_and_others_are_served()
    {
        var tenant = await desk.NewTenantAsync();
        var (user, client) = await desk.NewMemberAsync(tenant);
        using var enough = new CancellationTokenSource();
        using var flood = desk.Anonymous(tenant);
        var costly = desk.Hash(UsersDesk.Password, cost: 12);
        var many = new List<TestUser>();
        while (many.Count < 40 * Environment.ProcessorCount)
            many.Add(await desk.NewUserWithHashAsync(tenant, costly));
        var asking = many
            .ConvertAll(one => flood.PostAsJsonAsync("v1/auth/login", new { login = one.Email, password = "whatever it is" }, enough.Token));

        HttpResponseMessage? busy = null;
        await foreach (var answer in Task.WhenEach(asking))
        {
            if ((busy = await answer).StatusCode == HttpStatusCode.ServiceUnavailable)
                break;
        }

        await Problem.AssertAsync(busy!, HttpStatusCode.ServiceUnavailable, "SIGN_IN_BUSY");
        Assert.NotNull(busy!.Headers.RetryAfter);
        using (var other = await client.GetAsync("v1/me"))
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await enough.CancelAsync();
        await Task.WhenAll(asking.Select(answer => answer.ContinueWith(_ => { }, TaskScheduler.Default)));
        await Eventually.HoldsAsync(
            async () => (await desk.TrySignInAsync(tenant, user.Email)).StatusCode == HttpStatusCode.OK, "Who has gone is still hashed for.");
    }

    [Fact]
    public async Task What_is_kept_of_a_request_for_its_repetition_lets_nobody_guess_the_password_in_it()
    {
        var tenant = await desk.NewTenantAsync();
        using var client = desk.Anonymous(tenant);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        const string body = """{"email":"a@example.com","password":"correct horse battery staple","username":"abc"}""";
        using var answer = await client.PostAsync("v1/auth/register", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        // Whoever has a copy of the database would compute this for each password that he tries, billions a second.
        var guessed = System.Security.Cryptography.SHA256.HashData(
            [.. "||/v1/auth/register"u8, 0, .. Shared.Http.CanonicalJson.Of(Encoding.UTF8.GetBytes(body))]);
        Assert.NotEqual(guessed, await desk.ReadAsync<byte[]>(
            "select request_hash from user_management.idempotency_keys where tenant_id = @tenant", new { tenant }));
    }

    // Four-byte emoji in an order that is no pattern.
    private static string Varied(int length)
    {
        var random = new Random(7);
        return string.Concat(Enumerable.Range(0, length).Select(_ => char.ConvertFromUtf32(random.Next(0x1F400, 0x1F43E))));
    }

    private Task<string> HashAsync(TestUser user) =>
        desk.ReadAsync<string>("select password_hash from user_management.users where id = @Id", new { user.Id });

    private Task<HttpResponseMessage> RegisterAsync(string tenant, string password, string username = "miriam.makeba") =>
        desk.PostAsync(tenant, "v1/auth/register", new
        {
            email = $"u{Guid.CreateVersion7():N}@example.com", username, password, firstName = "Bambang", lastName = "Kartawijaya", phone = "0811-9402-773",
        });
}
