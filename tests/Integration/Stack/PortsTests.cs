using ServerlessBusiness.Local.Processes;

namespace ServerlessBusiness.Tests.Integration.Stack;

/// <summary>Many stacks start side by side in one process of tests.</summary>
public sealed class PortsTests
{
    [Fact]
    public void No_port_is_given_twice_although_nobody_listens_yet()
    {
        const int size = 26;
        var ports = Enumerable.Range(0, 100).SelectMany(_ => Enumerable.Range(Ports.FreeBlock(size), size)).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }
}
