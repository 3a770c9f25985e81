using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Migrations;

namespace ServerlessBusiness.Migrating;

/// <summary>One migration of one server. What goes wrong is told in a sentence; the exit code is 1 then.</summary>
public static class Migration
{
    public static async Task<int> RunAsync(
        IConfiguration settings, FileInfo? roles, string? administrator, Func<TokenCredential> credential, TextWriter output, TextWriter error,
        CancellationToken cancellationToken)
    {
        try
        {
            var options = settings.Get<MigrationOptions>() ?? new MigrationOptions();
            var problems = new List<ValidationResult>();
            if (!Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true))
                throw new MigrationException(
                    $"{string.Join(' ', problems.Select(problem => problem.ErrorMessage))} The settings are POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB and POSTGRES_USER.");

            if (!string.IsNullOrEmpty(administrator))
                PlatformAdministrator.Check(administrator);
            var signIns = await SignInsAsync(options, roles, cancellationToken);
            var identity = new Lazy<TokenCredential>(credential);
            Task<string> Owner() => OwnerAsync(options, identity, cancellationToken);
            await MigrationRunner.MigrateAsync(Owner, signIns, cancellationToken);
            await output.WriteLineAsync($"{options.Database} on {options.Host} is up to date.");
            if (!string.IsNullOrEmpty(administrator))
            {
                await PlatformAdministrator.AskAsync(await Owner(), administrator, cancellationToken);
                await output.WriteLineAsync("Users invites the administrator by mail as soon as it runs, unless the platform has one.");
            }

            if (string.IsNullOrEmpty(options.ClickHouseHost))
                return 0;

            await ClickHouseMigrations.RunAsync(settings.Get<ClickHouseOptions>()!.ConnectionString, cancellationToken);
            await output.WriteLineAsync($"The analytics database on {options.ClickHouseHost} is up to date.");
            return 0;
        }
        catch (Exception exception) when (exception is MigrationException or DbException or InvalidOperationException or AuthenticationFailedException
            or HttpRequestException or IOException or JsonException)
        {
            await error.WriteLineAsync(
                $"The migration has stopped; what was complete stays, and it goes on from there next time. The reason: {exception.Message}");
            return 1;
        }
    }

    private static async Task<string> OwnerAsync(MigrationOptions options, Lazy<TokenCredential> identity, CancellationToken cancellationToken)
    {
        var usesToken = string.IsNullOrEmpty(options.Password);
        return new NpgsqlConnectionStringBuilder
        {
            Host = options.Host,
            Port = options.Port,
            Database = options.Database,
            Username = options.Owner,
            Password = usesToken ? await EntraSignIn.TokenAsync(identity.Value, cancellationToken) : options.Password,
            SslMode = usesToken ? SslMode.VerifyFull : SslMode.Prefer,
            ApplicationName = "migrations",
            CommandTimeout = 0,
            // Nothing travels while a large index is built, and what is silent for four minutes the network of Azure drops without a word.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 60,
            TcpKeepAliveInterval = 10,
        }.ConnectionString;
    }

    private static async Task<RoleSignIns> SignInsAsync(MigrationOptions options, FileInfo? roles, CancellationToken cancellationToken)
    {
        if (roles is null)
            return string.IsNullOrEmpty(options.RolePassword)
                ? throw new MigrationException("How do the apps sign in? Give ROLE_PASSWORD, or the identities of their roles with --roles.")
                : RoleSignIns.WithPassword(options.RolePassword);

        await using var file = roles.OpenRead();
        var entries = await JsonSerializer.DeserializeAsync<RoleEntry[]>(file, JsonSerializerOptions.Web, cancellationToken) ?? [];
        return RoleSignIns.WithIdentities(entries.SelectMany(entry => new[] { ($"{entry.Service}_app", entry.App), ($"{entry.Service}_jobs", entry.Jobs) }));
    }

    private sealed record RoleEntry(string Service, Guid App, Guid Jobs);
}

internal sealed class MigrationException(string message) : Exception(message);
