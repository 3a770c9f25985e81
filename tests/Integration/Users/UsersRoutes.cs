using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>One HTTP function of Users, as its attributes describe it.</summary>
public sealed record UsersRoute(string Name, HttpMethod Method, string Template, bool IsAnonymous, Type? Body)
{
    /// <summary>The path with a value for each of its parameters.</summary>
    public string Path(Func<string, string> valueOf) =>
        Regex.Replace(Template, @"\{(\w+)[^}]*\}", parameter => valueOf(parameter.Groups[1].Value));
}

/// <summary>All HTTP functions that Users runs: a rule about every route holds for those of tomorrow too.</summary>
internal static class UsersRoutes
{
    public static IReadOnlyList<UsersRoute> All { get; } =
    [
        .. from function in new FunctionCatalog(typeof(User).Assembly).Methods
           let trigger = function.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>().FirstOrDefault()
           where trigger is not null
           select new UsersRoute(
               function.GetCustomAttribute<FunctionAttribute>()!.Name, HttpMethod.Parse(trigger.Methods![0]), trigger.Route!,
               function.GetCustomAttribute<AccessAttribute>() is AnonymousAttribute, BodyOf(function)),
    ];

    private static Type? BodyOf(MethodInfo function) => function.GetCustomAttributes()
        .Select(attribute => attribute.GetType())
        .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(AcceptsAttribute<>))?.GetGenericArguments()[0];
}
