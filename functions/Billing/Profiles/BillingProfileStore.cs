using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Profiles;

/// <summary>SQL of <c>billing_profiles</c> and <c>billing_logos</c>.</summary>
public sealed class BillingProfileStore(Database database)
{
    private const string Columns = "legal_name, address, tax_id, email, locale, array_to_string(methods, ',') as methods, logo_id, updated_at";

    public async Task<BillingProfile?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        var row = await connection.FindAsync<Row>(
            $"select {Columns} from billing_profiles where tenant_id = @tenant", new { tenant }, cancellationToken);
        return row?.ToProfile();
    }

    /// <summary>Writes all but the logo.</summary>
    public async Task<BillingProfile> PutAsync(TenantId tenant, BillingProfile profile, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            insert into billing_profiles (tenant_id, legal_name, address, tax_id, email, locale, methods, updated_at)
            values (@tenant, @LegalName, @Address, @TaxId, @Email, @Locale, @Methods, @now)
            on conflict (tenant_id) do update
            set legal_name = excluded.legal_name, address = excluded.address, tax_id = excluded.tax_id, email = excluded.email,
                locale = excluded.locale, methods = excluded.methods, updated_at = @now
            returning {Columns}
            """;
        await using var connection = database.Open(tenant);
        var row = await connection.FindAsync<Row>(
            sql,
            new { tenant, profile.LegalName, profile.Address, profile.TaxId, profile.Email, profile.Locale, profile.Methods, now },
            cancellationToken);
        return row!.ToProfile();
    }

    /// <summary>Keeps the picture and shows it from now on; the profile is made from <paramref name="otherwise"/> when there is none.</summary>
    public async Task PutLogoAsync(TenantId tenant, Logo logo, BillingProfile otherwise, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with logo as (
                insert into billing_logos (tenant_id, id, bytes, created_at) values (@tenant, @id, @Bytes, @now)
                on conflict (tenant_id, id) do nothing
            )
            insert into billing_profiles (tenant_id, legal_name, address, tax_id, email, locale, methods, logo_id, updated_at)
            values (@tenant, @LegalName, @Address, @TaxId, @Email, @Locale, @Methods, @id, @now)
            on conflict (tenant_id) do update set logo_id = @id, updated_at = @now
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql,
            new
            {
                tenant,
                id = logo.Id,
                logo.Bytes,
                now,
                otherwise.LegalName,
                otherwise.Address,
                otherwise.TaxId,
                otherwise.Email,
                otherwise.Locale,
                otherwise.Methods,
            },
            cancellationToken);
    }

    /// <summary>Shows no picture from now on; documents that have one keep it.</summary>
    public async Task RemoveLogoAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            "update billing_profiles set logo_id = null, updated_at = @now where tenant_id = @tenant", new { tenant, now }, cancellationToken);
    }

    public async Task<Logo?> FindLogoAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        var bytes = await connection.FindAsync<byte[]>(
            "select bytes from billing_logos where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
        return bytes is null ? null : Logo.Read(bytes);
    }

    private sealed record Row(
        string LegalName, string Address, string? TaxId, string? Email, string Locale, string Methods, string? LogoId, DateTimeOffset UpdatedAt)
    {
        public BillingProfile ToProfile() => new(LegalName, Address, TaxId, Email, Locale, Methods.Split(','), LogoId, UpdatedAt);
    }
}
