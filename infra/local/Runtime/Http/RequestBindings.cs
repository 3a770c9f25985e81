using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Runtime.Http;

// The binding data of a request: its query values, over which the route values go.
internal sealed class RequestBindings(HttpRequest request) : BindingContext
{
    private Dictionary<string, object?>? data;

    public override IReadOnlyDictionary<string, object?> BindingData => data ??= Read();

    private Dictionary<string, object?> Read()
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Query)
            values[name] = value.ToString();
        foreach (var (name, value) in request.RouteValues)
            values[name] = value;

        return values;
    }
}
