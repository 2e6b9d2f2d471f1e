using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Console;

/// <summary>Writes the log on the serial line, around the menu that may be shown there.</summary>
public sealed class SerialLogSink : LogSink
{
    private readonly AnsiMirror _mirror;

    /// <summary>Writes the log where <paramref name="mirror"/> shows its screen.</summary>
    public SerialLogSink(AnsiMirror mirror) => _mirror = mirror;

    /// <inheritdoc/>
    public override void WriteLine(LogLevel level, ReadOnlySpan<char> line) => _mirror.WriteLine(line);
}
