using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.OpenApi;

// The shape in which ProblemMiddleware answers, for the document only.
[DisplayName("Problem")]
internal sealed record ProblemAnswer(
    string Type, string Title, int Status, string Code, string Detail, string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors);
