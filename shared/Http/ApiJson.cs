using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.Http;

/// <summary>JSON as the APIs speak it: camelCase, enums by name, and nothing in a request that we do not know.</summary>
public static class ApiJson
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Makes given options speak the same way; used for both of ASP.NET Core's JSON options.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new EnumNames());
        options.Converters.Add(new TimeWithOffset());
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.MaxDepth = 32;
        return options;
    }
}
