using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessBusiness.Runtime.Functions;

// Calls a function's method on a new instance of its class. It is compiled on the first call, so that a start does not pay for all.
internal sealed class FunctionMethod(MethodInfo method)
{
    private readonly Lazy<Func<object?, object?[], ValueTask<object?>>> call = new(() => Compile(method));

    private readonly Lazy<ObjectFactory?> create =
        new(() => method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []));

    // Gives what the method returned, awaited; null for a method that returns nothing.
    public async Task<object?> InvokeAsync(IServiceProvider services, object?[] arguments)
    {
        var instance = create.Value?.Invoke(services, null);
        try
        {
            return await call.Value(instance, arguments);
        }
        finally
        {
            if (instance is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static Func<object?, object?[], ValueTask<object?>> Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object), "instance");
        var arguments = Expression.Parameter(typeof(object[]), "arguments");
        var typed = method.GetParameters().Select((parameter, index) =>
            Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType));
        var target = method.IsStatic ? null : Expression.Convert(instance, method.DeclaringType!);
        return Expression.Lambda<Func<object?, object?[], ValueTask<object?>>>(
            Awaited(Expression.Call(target, method, typed)), instance, arguments).Compile();
    }

    private static Expression Awaited(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void))
            return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        if (type == typeof(Task) || type == typeof(ValueTask))
            return Expression.Call(typeof(FunctionMethod), nameof(OfAsync), null, call);

        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (generic == typeof(Task<>) || generic == typeof(ValueTask<>))
            return Expression.Call(typeof(FunctionMethod), nameof(OfAsync), type.GetGenericArguments(), call);

        return Expression.New(typeof(ValueTask<object?>).GetConstructor([typeof(object)])!, Expression.Convert(call, typeof(object)));
    }

    private static async ValueTask<object?> OfAsync(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> OfAsync(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> OfAsync<T>(Task<T> task) => await task;

    private static async ValueTask<object?> OfAsync<T>(ValueTask<T> task) => await task;
}
