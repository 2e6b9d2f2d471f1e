using System;
using System.Runtime.CompilerServices;
using System.Threading;
using HyperCore.Core.Time;

namespace HyperCore.Core.Diagnostics;

/// <summary>
/// HyperCore's log: one line an event, <c>[   12.345678] info  vm: mail running</c>. It allocates nothing after it is built and is never
/// used on the exit path. Any pCPU may write; a line is written whole before the next one begins.
/// </summary>
public sealed class Log
{
    /// <summary>The longest line in characters; more is cut off.</summary>
    public const int MaxLine = 512;

    private const int MaxSinks = 4;

    // Whoever writes: the log does not know which pCPU that is. So a sink must not write to it.
    private const int AnyPcpu = 0;

    private readonly Processor.SpinLock _lock = new();
    private readonly Clock _clock;
    private readonly char[] _line = new char[MaxLine];
    private readonly LogSink[] _sinks = new LogSink[MaxSinks];
    private int _sinkCount;
    private int _prefixLength;

    /// <summary>Creates a log without sinks.</summary>
    public Log(Clock clock, LogLevel level = LogLevel.Info)
    {
        _clock = clock;
        Level = level;
    }

    /// <summary>The least important level that is still written.</summary>
    public LogLevel Level { get; set; }

    /// <summary>Adds a place where lines go.</summary>
    /// <exception cref="InvalidOperationException">There are four already.</exception>
    public void AddSink(LogSink sink)
    {
        if (_sinkCount == MaxSinks)
        {
            throw new InvalidOperationException("The log has no room for another sink.");
        }

        _sinks[_sinkCount++] = sink;
    }

    /// <summary>Lines of this level are written.</summary>
    public bool IsEnabled(LogLevel level) => level <= Level;

    /// <summary>Writes a line at <paramref name="level"/>.</summary>
    public void Write(LogLevel level, [InterpolatedStringHandlerArgument("", nameof(level))] ref LogMessage message)
    {
        if (IsEnabled(level))
        {
            EndLine(level, message.Length);
        }
    }

    /// <summary>Writes a line at <paramref name="level"/>.</summary>
    public void Write(LogLevel level, ReadOnlySpan<char> message)
    {
        if (IsEnabled(level))
        {
            var text = new TextBuilder(BeginLine(level));
            text.Append(message);
            EndLine(level, text.Length);
        }
    }

    /// <summary>Starts a line: the prefix is written, the rest of the buffer is returned.</summary>
    internal Span<char> BeginLine(LogLevel level)
    {
        while (!_lock.TryEnter(AnyPcpu))
        {
            Thread.SpinWait(1);
        }

        var text = new TextBuilder(_line);
        ulong microseconds = _clock.Now / 1000;
        text.Append('[');
        text.AppendDecimal(microseconds / 1_000_000, 5);
        text.Append('.');
        text.AppendDecimal(microseconds % 1_000_000, 6, '0');
        text.Append("] ");
        text.Append(NameOf(level));
        _prefixLength = text.Length;
        return _line.AsSpan(_prefixLength);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Error => "error ",
        LogLevel.Warning => "warn  ",
        LogLevel.Info => "info  ",
        LogLevel.Debug => "debug ",
        _ => "trace ",
    };

    private void EndLine(LogLevel level, int length)
    {
        ReadOnlySpan<char> line = _line.AsSpan(0, _prefixLength + length);
        for (int i = 0; i < _sinkCount; i++)
        {
            _sinks[i].WriteLine(level, line);
        }

        _lock.Exit();
    }
}
