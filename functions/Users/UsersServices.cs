using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Keys;
using ServerlessBusiness.Users.Sessions;

namespace ServerlessBusiness.Users;

internal static class UsersServices
{
    public static void AddUsers(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<UserStatus>();
        builder.Services
            .AddSingleton<PasswordHasher>()
            .AddSingleton<SigningKeys>()
            .AddSingleton<AccessTokenIssuer>()
            .AddSingleton<AuditLog>()
            .AddSingleton<UserStore>()
            .AddSingleton<RoleStore>()
            .AddSingleton<SessionStore>()
            .AddSingleton<Register>()
            .AddSingleton<SignIn>()
            .AddSingleton<RefreshSession>()
            .AddSingleton<SignOut>();
    }
}
