using System;

namespace HyperCore.Core.Diagnostics;

/// <summary>Where finished log lines go: the serial line, the log viewer's ring.</summary>
public abstract class LogSink
{
    /// <summary>Takes one line, without a line end. The span is only good during the call.</summary>
    public abstract void WriteLine(LogLevel level, ReadOnlySpan<char> line);
}
