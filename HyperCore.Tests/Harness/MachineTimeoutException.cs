namespace HyperCore.Tests.Harness;

/// <summary>What a test waited for did not happen in time.</summary>
internal sealed class MachineTimeoutException(string message, string serial) : MachineFailedException(message, serial);
