using System;
using System.Runtime.CompilerServices;

namespace HyperCore.Core.Diagnostics;

/// <summary>
/// The interpolated string handler behind <c>log.Info($"...")</c>: the text is built in the log's own line buffer, and when the level is
/// switched off nothing is formatted at all.
/// </summary>
[InterpolatedStringHandler]
public ref struct LogMessage
{
    private TextBuilder _text;

    /// <summary>Called by the compiler for an <see cref="LogLevel.Error"/> or other levelled call.</summary>
    public LogMessage(int literalLength, int formattedCount, Log log, LogLevel level, out bool enabled)
    {
        enabled = log.IsEnabled(level);
        _text = new TextBuilder(enabled ? log.BeginLine(level) : default);
    }

    internal readonly int Length => _text.Length;

    /// <summary>Part of an interpolated string.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(string? value) => _text.Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<char> value) => _text.Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(char value) => _text.Append(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(ulong value, string? format = null) => _text.AppendFormatted(value, format);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(uint value, string? format = null) => _text.AppendFormatted(value, format);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(long value) => _text.AppendFormatted(value);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendFormatted(int value) => _text.AppendFormatted(value);
}
