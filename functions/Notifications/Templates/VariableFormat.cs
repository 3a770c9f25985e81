namespace ServerlessBusiness.Notifications.Templates;

/// <summary>What a variable holds and how it is shown: <c>{{amount|money}}</c>, <c>{{at|datetime}}</c>; without a format it is a text.</summary>
public enum VariableFormat
{
    Text,
    Number,
    Money,
    Date,
    DateTime,
}

internal static class VariableFormats
{
    /// <summary>Null for a name that is no format.</summary>
    public static VariableFormat? Parse(string name) => name switch
    {
        "" or "text" => VariableFormat.Text,
        "number" => VariableFormat.Number,
        "money" => VariableFormat.Money,
        "date" => VariableFormat.Date,
        "datetime" => VariableFormat.DateTime,
        _ => null,
    };
}
