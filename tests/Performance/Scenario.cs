using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance;

internal sealed record Scenario(string Name, string Summary, Func<BenchStack, CancellationToken, Task> RunAsync);
