using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerlessBusiness.Tests.Unit.Runtime;

// What code outside an assembly may do with a type, one line per permission: make it, derive from it, pass it as something else, use a member
// with its full signature. A type whose lines are all among those of another can be replaced by that one without a change to the code.
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static IReadOnlyList<string> Of(Type type) =>
        [Kind(type), .. Bases(type).Concat(Targets(type)).Concat(Members(type)).Distinct().Order(StringComparer.Ordinal)];

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsInterface: true } => "interface",
        _ when IsDelegate(type) => "delegate",
        _ => "class",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || IsDelegate(type))
            yield break;
        if (type is { IsSealed: false, IsInterface: false })
            yield return "derive";
        foreach (var contract in type.GetInterfaces().Where(contract => contract.IsVisible))
            yield return $"is {Name(contract)}";
        for (var parent = type.BaseType; parent is not null && parent != typeof(object); parent = parent.BaseType)
            yield return $"is {Name(parent)}";
    }

    // Where an attribute may stand.
    private static IEnumerable<string> Targets(Type type)
    {
        if (type.GetCustomAttribute<AttributeUsageAttribute>() is not { } usage || !type.IsSubclassOf(typeof(Attribute)))
            yield break;
        foreach (var target in Enum.GetValues<AttributeTargets>().Where(target => target != AttributeTargets.All && usage.ValidOn.HasFlag(target)))
            yield return $"on {target}";
        if (usage.AllowMultiple)
            yield return "on one thing several times";
    }

    private static IEnumerable<string> Members(Type type) => type.GetMembers(Declared).SelectMany(member => member switch
    {
        _ when IsDelegate(type) && member.Name != "Invoke" => [],
        FieldInfo { IsSpecialName: true } => [],
        FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => [Field(field)],
        ConstructorInfo constructor => Constructions(constructor),
        PropertyInfo property => property.GetAccessors(true).Where(IsSeen).Select(accessor => Accessor(property, accessor)),
        MethodInfo { IsSpecialName: false } method when IsSeen(method) => [Method(method)],
        _ => Array.Empty<string>(),
    });

    private static string Field(FieldInfo field) => field.IsLiteral
        ? $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
        : $"{Name(Nullability.Create(field))} {field.Name}";

    private static IEnumerable<string> Constructions(ConstructorInfo constructor)
    {
        if (constructor.IsStatic)
            yield break;
        if (constructor.IsPublic && !constructor.DeclaringType!.IsAbstract)
            yield return $"new({Parameters(constructor)})";
        if (IsSeen(constructor) && !constructor.DeclaringType!.IsSealed)
            yield return $"base({Parameters(constructor)})";
    }

    private static string Accessor(PropertyInfo property, MethodInfo accessor)
    {
        var verb = accessor == property.GetMethod ? "get" : IsInit(accessor) ? "init" : "set";
        return $"{Modifiers(accessor)}{verb} {Name(Nullability.Create(property))} {property.Name}";
    }

    private static string Method(MethodInfo method)
    {
        var generics = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Generic))}>" : "";
        return $"{Modifiers(method)}{Name(Nullability.Create(method.ReturnParameter))} {method.Name}{generics}({Parameters(method)})";
    }

    private static string Generic(Type argument)
    {
        var flags = argument.GenericParameterAttributes;
        List<string> limits = [];
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            limits.Add("class");
        if (flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            limits.Add("struct");
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            limits.Add("new");
        limits.AddRange(argument.GetGenericParameterConstraints().Select(Name));
        return limits.Count == 0 ? argument.Name : $"{argument.Name}: {string.Join(" & ", limits)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select((parameter, index) =>
    {
        var start = index == 0 && method.IsDefined(typeof(ExtensionAttribute)) ? "this "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params "
            : parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? "ref " : "";
        var end = !parameter.HasDefaultValue ? ""
            : parameter.RawDefaultValue is { } value ? $" = {Convert.ToString(value, CultureInfo.InvariantCulture)}"
            : " = default";
        return $"{start}{Name(Nullability.Create(parameter))} {parameter.Name}{end}";
    }));

    private static string Modifiers(MethodInfo method)
    {
        var access = method.IsPublic ? "" : "protected ";
        return method switch
        {
            { IsStatic: true } => $"{access}static ",
            _ when method.GetBaseDefinition() != method => $"{access}override ",
            { IsAbstract: true } => $"{access}abstract ",
            { IsVirtual: true, IsFinal: false } => $"{access}virtual ",
            _ => access,
        };
    }

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));

    private static bool IsSeen(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Name(NullabilityInfo info)
    {
        var mark = !info.Type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (info.ElementType is { } element)
            return $"{Name(element)}[]{mark}";
        return info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(info.Type) is null
            ? $"{Plain(info.Type)}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>{mark}"
            : $"{Name(info.Type)}{mark}";
    }

    private static string Name(Type type) => type switch
    {
        { IsByRef: true } => Name(type.GetElementType()!),
        { IsArray: true } => $"{Name(type.GetElementType()!)}[]",
        { IsGenericParameter: true } => type.Name,
        { IsGenericType: true } => $"{Plain(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>",
        _ => type.FullName!,
    };

    private static string Plain(Type type) => $"{type.Namespace}.{type.Name[..type.Name.IndexOf('`')]}";
}
