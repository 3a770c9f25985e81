using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Administration;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Invitations;
using ServerlessBusiness.Users.Keys;
using ServerlessBusiness.Users.Mails;
using ServerlessBusiness.Users.Me;
using ServerlessBusiness.Users.Mfa;
using ServerlessBusiness.Users.Passkeys;
using ServerlessBusiness.Users.Passwords;
using ServerlessBusiness.Users.Sessions;
using ServerlessBusiness.Users.Tenants;

namespace ServerlessBusiness.Users;

internal static class UsersServices
{
    public static void AddUsers(this FunctionsApplicationBuilder builder)
    {
        DapperSetup.MapEnum<UserStatus>();
        builder.AddSettings<PasswordOptions>();
        builder.Services.AddSingleton<IValidateOptions<PasswordOptions>>(new PasswordCostCheck(builder.Environment));
        builder.AddSettings<AppOptions>();
        builder.AddSettings<PasskeyOptions>();
        builder.AddSettings<OldSecretsOptions>();
        builder.Services
            .AddSingleton<PasswordHasher>()
            .AddSingleton<LastingKeys>()
            .AddSingleton<SigningKeyStore>()
            .AddSingleton<SigningKeys>()
            .AddSingleton<IPublishedKeySource>(provider => provider.GetRequiredService<SigningKeys>())
            .AddSingleton<AuditLog>()
            .AddSingleton<AuditLogStore>()
            .AddSingleton<VerifyAuditLog>()
            .AddSingleton<NoteDenial>()
            .AddSingleton<AccountMails>();
        foreach (var served in ServedRows.All)
            builder.Services.AddSingleton(served);
        builder.AddServiceClients(ServiceIdentity.All);
        builder.Services
            .AddSingleton<ChangeProfile>()
            .AddSingleton<DeletionStore>()
            .AddSingleton<DeleteAccount>()
            .AddSingleton<ForgetAccounts>()
            .AddSingleton<ExportPersonalData>()
            .AddPersonalData(UsersPersonalData.Sources);
        builder.Services
            .AddSingleton<UserStore>()
            .AddSingleton<OneTimeTokenStore>()
            .AddSingleton<Register>()
            .AddSingleton<AccountProven>()
            .AddSingleton<VerifyEmail>()
            .AddSingleton<VerifyPhone>()
            .AddSingleton<SendAccountHelp>()
            .AddSingleton<ResetPassword>()
            .AddSingleton<ChangePassword>();
        builder.Services
            .AddSingleton<AccessTokenIssuer>()
            .AddSingleton<SessionStore>()
            .AddSingleton<SignInLockout>()
            .AddSingleton<PasswordCheck>()
            .AddSingleton<SignIn>()
            .AddSingleton<OpenSession>()
            .AddSingleton<RefreshSession>()
            .AddSingleton<RedisAfterCommit>()
            .AddSingleton<EndSessions>()
            .AddSingleton<SignOut>()
            .AddSingleton<Introspect>();
        builder.Services
            .AddSingleton<MfaChallenges>()
            .AddSingleton<MfaStore>()
            .AddSingleton<SecondFactorCheck>()
            .AddSingleton<CompleteSignIn>()
            .AddSingleton<StepUp>()
            .AddSingleton<EnrolTotp>()
            .AddSingleton<ConfirmTotp>()
            .AddSingleton<ChangeSecondFactor>();
        builder.Services
            .AddSingleton<PasskeyStore>()
            .AddSingleton<PasskeyChallenges>()
            .AddSingleton<PasskeyCeremony>()
            .AddSingleton<PasskeyCheck>()
            .AddSingleton<AddPasskey>()
            .AddSingleton<ChangePasskey>()
            .AddSingleton<SignInByPasskey>()
            .AddSingleton<StepUpByPasskey>();
        builder.Services
            .AddSingleton<RoleStore>()
            .AddSingleton<AccessStore>()
            .AddSingleton<SyncAccess>()
            .AddSingleton<AdministratorGuard>()
            .AddSingleton<ManageRoles>()
            .AddSingleton<AssignRole>()
            .AddSingleton<CheckPermissions>()
            .AddSingleton<UserDirectoryStore>()
            .AddSingleton<SuspendUser>()
            .AddSingleton<ForcePasswordReset>()
            .AddSingleton<Impersonate>()
            .AddSingleton<TellOfSurplus>()
            .AddSingleton<InvitationStore>()
            .AddSingleton<Invite>()
            .AddSingleton<AcceptInvitation>()
            .AddSingleton<TenantStore>()
            .AddSingleton<CreateTenant>()
            .AddSingleton<InvitePlatformAdministrator>()
            .AddSingleton<InviteTenantAdministrator>()
            .AddSingleton<ChangeTenant>();
    }
}
