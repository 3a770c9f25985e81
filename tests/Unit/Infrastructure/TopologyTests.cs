using System.Reflection;
using System.Xml;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Tests.Unit.Architecture;

namespace ServerlessBusiness.Tests.Unit.Infrastructure;

/// <summary>Service Bus as the template makes it, against the code that sends and listens.</summary>
public sealed class TopologyTests
{
    public static TheoryData<string> Sizes => [.. BicepCli.Sizes];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_queue_topic_and_subscription_of_the_code_is_made(string size)
    {
        var deployment = Deployment.Of(size);

        Assert.Equal(Topology.Queues.Order(), Names("Microsoft.ServiceBus/namespaces/queues"));
        Assert.Equal([Topology.BusinessEvents], Names("Microsoft.ServiceBus/namespaces/topics"));
        Assert.Equal(Topology.AllSubscriptions.Select(subscription => subscription.Key).Order(), Names("Microsoft.ServiceBus/namespaces/topics/subscriptions"));

        IEnumerable<string> Names(string type) => deployment.OfType(type).Select(entity => Deployment.Name(entity).Split('/')[^1]).Order();
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_listener_finds_its_entity_and_may_read_it(string size)
    {
        var rights = Deployment.Of(size).OfType("Microsoft.Authorization/roleAssignments").Select(
            right => (Scope: Deployment.Id(right), Who: right["properties"]!["principalId"]!.GetValue<string>())).ToList();
        var listeners = Codebase.Functions.SelectMany(
            method => method.GetParameters().Select(parameter => (App: method.DeclaringType!.Assembly.GetName().Name!.ToLowerInvariant(),
                Trigger: parameter.GetCustomAttribute<ServiceBusTriggerAttribute>()))).Where(listener => listener.Trigger is not null).ToList();

        Assert.True(listeners.Count >= 9);
        Assert.All(listeners, listener =>
        {
            var entity = listener.Trigger!.QueueName is { } queue
                ? $"/queues/{queue}/"
                : $"/topics/{listener.Trigger.TopicName}/subscriptions/{listener.Trigger.SubscriptionName}/";
            Assert.Contains(rights, right => right.Scope.Contains(entity, StringComparison.Ordinal) && right.Who.Contains($"-{listener.App}-id'", StringComparison.Ordinal));
            // Nobody else reads it.
            Assert.Single(rights, right => right.Scope.Contains(entity, StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_subscription_hears_its_subjects_and_nothing_else(string size)
    {
        var deployment = Deployment.Of(size);
        foreach (var (name, subjects) in Topology.AllSubscriptions)
        {
            var rules = deployment.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules")
                .Where(rule => Deployment.Name(rule).Contains($"/{name}/", StringComparison.Ordinal)).ToList();

            Assert.Equal(subjects.Order(), rules.Select(rule => rule["properties"]!["correlationFilter"]!["label"]!.GetValue<string>()).Order());
            // The rule that lets everything through is made with the subscription; it must have become one of these.
            Assert.Single(rules, rule => Deployment.Name(rule).EndsWith("/$Default", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Entities_keep_the_rules_of_the_local_broker(string size)
    {
        var deployment = Deployment.Of(size);
        var read = deployment.OfType("Microsoft.ServiceBus/namespaces/queues").Concat(deployment.OfType("Microsoft.ServiceBus/namespaces/topics/subscriptions"));
        var written = deployment.OfType("Microsoft.ServiceBus/namespaces/queues").Concat(deployment.OfType("Microsoft.ServiceBus/namespaces/topics"));

        Assert.All(read, entity =>
        {
            Assert.Equal(XmlConvert.ToString(Topology.LockDuration), entity["properties"]!["lockDuration"]!.GetValue<string>());
            Assert.Equal(Topology.MaxDeliveryCount, entity["properties"]!["maxDeliveryCount"]!.GetValue<int>());
        });
        Assert.All(written, entity => Assert.True(entity["properties"]!["requiresDuplicateDetection"]!.GetValue<bool>()));
    }
}
