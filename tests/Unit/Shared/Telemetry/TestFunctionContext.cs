using System.Collections;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessBusiness.Tests.Unit.Shared.Telemetry;

// An invocation without a host around it; it holds what middleware asks for.
internal sealed class TestFunctionContext : FunctionContext
{
    public TestFunctionContext(string function, HttpContext? http = null, string? trigger = null)
    {
        FunctionDefinition = new Definition(function, trigger);
        if (http is not null)
            Items["HttpRequestContext"] = http;
    }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();
    public override string FunctionId => FunctionDefinition.Id;
    public override FunctionDefinition FunctionDefinition { get; }
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override IInvocationFeatures Features { get; } = new FeatureBag();
    public override IServiceProvider InstanceServices { get; set; } = null!;
    public override BindingContext BindingContext => throw new NotSupportedException();
    public override TraceContext TraceContext => throw new NotSupportedException();
    public override RetryContext RetryContext => throw new NotSupportedException();

    private sealed class Definition(string name, string? trigger) : FunctionDefinition
    {
        public override string Name => name;
        public override string Id => name;
        public override string EntryPoint => throw new NotSupportedException();
        public override string PathToAssembly => throw new NotSupportedException();
        public override ImmutableArray<FunctionParameter> Parameters => [];
        public override IImmutableDictionary<string, BindingMetadata> InputBindings => trigger is null
            ? ImmutableDictionary<string, BindingMetadata>.Empty
            : ImmutableDictionary<string, BindingMetadata>.Empty.Add("trigger", new Trigger(trigger));
        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    private sealed class Trigger(string type) : BindingMetadata
    {
        public override string Name => "trigger";
        public override string Type => type;
        public override BindingDirection Direction => BindingDirection.In;
    }

    private sealed class FeatureBag : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> values = [];

        public T? Get<T>() => values.TryGetValue(typeof(T), out var value) ? (T)value : default;

        public void Set<T>(T instance) => values[typeof(T)] = instance!;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
