using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Profiles;

/// <summary>How a tenant appears on a document, as it was when that was issued.</summary>
public sealed record SellerVersion(Seller Seller, string Locale, string? LogoId);

/// <summary>SQL of <c>sellers</c>.</summary>
public sealed class SellerStore(Database database)
{
    /// <summary>Keeps how the tenant appears now, by its profile or its name; what it is kept under.</summary>
    public Task<Guid?> KeepAsync(TenantTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with present as (
                select coalesce(profile.legal_name, tenant.name) as legal_name, coalesce(profile.address, '') as address, profile.tax_id, profile.email,
                    coalesce(profile.locale, tenant.locale) as locale, profile.logo_id
                from user_management.tenants tenant left join billing_profiles profile on profile.tenant_id = @tenant
                where tenant.id = @tenant
            ), version as (
                select md5(jsonb_build_array(legal_name, address, tax_id, email, locale, logo_id)::text)::uuid as id, present.* from present
            ), kept as (
                insert into sellers (tenant_id, id, legal_name, address, tax_id, email, locale, logo_id, created_at)
                select @tenant, id, legal_name, address, tax_id, email, locale, logo_id, @now from version
                on conflict (tenant_id, id) do nothing
            )
            select id from version
            """;
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, now }, cancellationToken);
    }

    public async Task<SellerVersion?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            select legal_name, address, tax_id, email, locale, logo_id from sellers where tenant_id = @tenant and id = @id
            """;
        await using var connection = database.Open(tenant);
        return (await connection.FindAsync<Row>(sql, new { tenant, id }, cancellationToken))?.ToVersion();
    }

    private sealed record Row(string LegalName, string Address, string? TaxId, string? Email, string Locale, string? LogoId)
    {
        public SellerVersion ToVersion() =>
            new(Seller.Of(LegalName, Address, TaxId, Email), DateFormat.IsIndonesian(Locale) ? "id" : "en", LogoId);
    }
}
