using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>Remembers the last lines of the log for the menu's log page.</summary>
public sealed class LogHistory : LogSink
{
    /// <summary>Creates an empty history of at most <paramref name="capacity"/> lines, a power of two.</summary>
    public LogHistory(int capacity = 512) => Lines = new LineHistory(capacity, capacity * 128);

    /// <summary>The lines; their tags are <see cref="LogLevel"/>.</summary>
    public LineHistory Lines { get; }

    /// <inheritdoc/>
    public override void WriteLine(LogLevel level, ReadOnlySpan<char> line) => Lines.Add(line, (byte)level);
}
