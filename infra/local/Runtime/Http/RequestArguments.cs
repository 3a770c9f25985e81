using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServerlessBusiness.Runtime.Http;

// Parameters that bind by name from the route, then from the query. What cannot be converted throws, and that is a 500.
internal static class RequestArguments
{
    // What the worker's own serializer does when nothing else is configured.
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    private static readonly Dictionary<Type, Func<string, object>> Conversions = new()
    {
        [typeof(string)] = text => text,
        [typeof(int)] = text => int.Parse(text, CultureInfo.InvariantCulture),
        [typeof(long)] = text => long.Parse(text, CultureInfo.InvariantCulture),
        [typeof(decimal)] = text => decimal.Parse(text, CultureInfo.InvariantCulture),
        [typeof(double)] = text => double.Parse(text, CultureInfo.InvariantCulture),
        [typeof(bool)] = text => bool.Parse(text),
        [typeof(Guid)] = text => Guid.Parse(text),
        [typeof(DateTime)] = text => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        [typeof(DateTimeOffset)] = text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
    };

    public static Func<HttpRequest, object?> ByName(ParameterInfo parameter)
    {
        var name = parameter.Name!;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var place = $"'{name}' of {parameter.Member.DeclaringType!.Name}.{parameter.Member.Name}";
        if (!Conversions.TryGetValue(type, out var convert))
        {
            throw new InvalidOperationException(
                $"The parameter {place} has the type {type.Name}, which cannot be bound by name. Take a string and parse it.");
        }

        var mayBeMissing = parameter.HasDefaultValue
            || Nullable.GetUnderlyingType(parameter.ParameterType) is not null
            || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
        var otherwise = parameter.HasDefaultValue ? parameter.DefaultValue : null;

        return request =>
        {
            var text = Find(request, name);
            if (text is null)
            {
                return mayBeMissing
                    ? otherwise
                    : throw new InvalidOperationException($"The parameter {place} has no value in the route or the query.");
            }

            try
            {
                return convert(text);
            }
            catch (Exception notConverted) when (notConverted is FormatException or OverflowException)
            {
                throw new InvalidOperationException($"The parameter {place} cannot be converted to {type.Name}.", notConverted);
            }
        };
    }

    public static async ValueTask<object?> FromBodyAsync(HttpContext http, Type type)
    {
        if (http.Request.ContentLength == 0)
            return null;

        return await http.Request.ReadFromJsonAsync(type, Json, http.RequestAborted);
    }

    private static string? Find(HttpRequest request, string name)
    {
        if (request.RouteValues.TryGetValue(name, out var value) && value is string text)
            return text;

        return request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;
    }
}
