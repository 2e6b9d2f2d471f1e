using System;

namespace HyperCore.Core.Console;

/// <summary>Where bytes for a terminal go: a serial line, or a test's memory.</summary>
public abstract class ByteSink
{
    /// <summary>Takes bytes. The span is only good during the call.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);
}
