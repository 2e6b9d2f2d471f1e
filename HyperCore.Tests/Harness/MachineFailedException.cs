using System;

namespace HyperCore.Tests.Harness;

/// <summary>The machine did something else than what a test waited for.</summary>
internal class MachineFailedException(string message, string serial)
    : Exception($"{message}\n--- the end of the serial line:\n{serial}\n---");
