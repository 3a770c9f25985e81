namespace ServerlessBusiness.Tests.Unit.Shared.Telemetry;

// Spans and measurements are heard by everybody in the process.
[CollectionDefinition(nameof(ListeningTests), DisableParallelization = true)]
public sealed class ListeningTests;
