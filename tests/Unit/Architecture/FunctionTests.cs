using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Architecture;

/// <summary>Traps of the real worker, and rules every function follows.</summary>
public sealed class FunctionTests
{
    [Fact]
    public void Every_HTTP_function_states_who_may_call_it()
    {
        Assert.Empty(Codebase.HttpFunctions.Where(method => method.GetCustomAttributes<AccessAttribute>().Count() != 1).Select(Name));
    }

    [Fact]
    public void Every_HTTP_function_states_its_authorization_level()
    {
        Assert.Empty(Codebase.HttpFunctions.Where(method => Trigger(method).AuthLevel != AuthorizationLevel.Anonymous).Select(Name));
    }

    [Fact]
    public void Every_HTTP_function_has_a_route_and_methods_and_a_sentence()
    {
        var offenders = Codebase.HttpFunctions.Where(method =>
            string.IsNullOrEmpty(Trigger(method).Route) || Trigger(method).Methods is not { Length: > 0 } || method.GetCustomAttribute<SummaryAttribute>() is null);

        Assert.Empty(offenders.Select(Name));
    }

    [Fact]
    public void Every_HTTP_function_returns_a_result_that_the_worker_writes()
    {
        var offenders = Codebase.HttpFunctions.Where(method => !typeof(IResult).IsAssignableFrom(Unwrap(method.ReturnType)));

        Assert.Empty(offenders.Select(Name));
    }

    [Fact]
    public void A_list_is_answered_as_a_page()
    {
        var offenders = Codebase.HttpFunctions.Where(method =>
            Unwrap(method.ReturnType).GetGenericArguments().SelectMany(answer => answer.GetGenericArguments().Prepend(answer)).Any(IsBareList));

        Assert.Empty(offenders.Select(Name));
    }

    [Fact]
    public void A_webhook_says_that_it_takes_a_body()
    {
        var webhooks = Codebase.HttpFunctions.Where(method => Trigger(method).Route!.Contains("webhook", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(webhooks);
        Assert.Empty(webhooks.Where(method => !method.IsDefined(typeof(AcceptsForeignJsonAttribute))).Select(Name));
    }

    [Fact]
    public void Function_classes_are_not_nested()
    {
        Assert.Empty(Codebase.Functions.Where(method => method.DeclaringType!.IsNested).Select(Name));
    }

    [Fact]
    public void Function_names_are_unique_in_each_app()
    {
        var doubles =
            from app in Codebase.Apps
            from name in Codebase.Functions
                .Where(method => method.DeclaringType!.Assembly == app || method.DeclaringType.Assembly == Codebase.Shared)
                .GroupBy(method => method.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparer.OrdinalIgnoreCase)
            where name.Count() > 1
            select $"{app.GetName().Name}: {name.Key}";

        Assert.Empty(doubles);
    }

    [Fact]
    public void A_function_that_creates_money_messages_or_users_takes_an_idempotency_key()
    {
        string[] creating = ["RegisterAccount", "StartSubscription", "PayInvoice", "CreatePayment", "RefundPayment", "IssueCreditNote", "AdjustCredit"];
        var named = Codebase.HttpFunctions.Where(method => creating.Contains(method.GetCustomAttribute<FunctionAttribute>()!.Name)).ToList();

        Assert.True(named.Count >= 3);
        Assert.All(named, method => Assert.NotNull(method.GetCustomAttribute<IdempotentAttribute>()));
    }

    private static HttpTriggerAttribute Trigger(MethodInfo method) =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).First(trigger => trigger is not null)!;

    private static bool IsBareList(Type answer) => answer.GetInterfaces().Prepend(answer)
        .Any(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>));

    private static Type Unwrap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? type.GetGenericArguments()[0] : type;

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
