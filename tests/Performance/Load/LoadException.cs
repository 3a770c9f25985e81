namespace ServerlessBusiness.Tests.Performance.Load;

// What was measured did not do its work, so there is no figure.
internal sealed class LoadException(string message) : Exception(message);
