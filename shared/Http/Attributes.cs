namespace ServerlessBusiness.Shared.Http;

/// <summary>This POST creates money, messages or users: an Idempotency-Key makes a repeated call give the first answer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;

/// <summary>The record a request's body must hold; for the API document, the function itself reads it with <see cref="RequestBody"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsAttribute<T> : Attribute;

/// <summary>The media type of a body that no record describes; for the API document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersAttribute(string mediaType) : Attribute
{
    public string MediaType => mediaType;
}

/// <summary>A status beside the usual one, with a body that is no problem; for the API document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlsoAnswersAttribute(int status, Type body) : Attribute
{
    public int Status => status;
    public Type Body => body;
}

/// <summary>The request's body is JSON of somebody else's making, an object with members we neither choose nor list; for the API document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsForeignJsonAttribute : Attribute;

/// <summary>One sentence for the API document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SummaryAttribute(string text) : Attribute
{
    public string Text => text;
}

/// <summary>A query parameter the function reads by itself; for the API document.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, Type type, string description) : Attribute
{
    public string Name => name;
    public Type Type => type;
    public string Description => description;
}

/// <summary>The class whose budget of requests this function draws on; without it reads and writes have one each.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RateLimitClassAttribute(string name) : Attribute
{
    /// <summary>Routes about accounts, most of them open to everybody.</summary>
    public const string Auth = "auth";

    public string Name => name;
}
