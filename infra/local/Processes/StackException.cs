namespace ServerlessBusiness.Local.Processes;

/// <summary>Something a person can act on: the message says which, why and what to do, and is shown without a stack trace.</summary>
public sealed class StackException(string message, Exception? innerException = null) : Exception(message, innerException);
