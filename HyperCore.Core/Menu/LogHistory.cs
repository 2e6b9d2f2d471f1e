using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>Remembers the last lines of the log for the menu's log page.</summary>
public sealed class LogHistory : LogSink
{
    private const int MaxLength = 200;

    private readonly char[] _text;
    private readonly byte[] _lengths;
    private readonly LogLevel[] _levels;
    private readonly int _capacity;
    private int _first;

    /// <summary>Creates an empty history of at most <paramref name="capacity"/> lines.</summary>
    public LogHistory(int capacity = 512)
    {
        _capacity = capacity;
        _text = new char[capacity * MaxLength];
        _lengths = new byte[capacity];
        _levels = new LogLevel[capacity];
    }

    /// <summary>Lines it has.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public override void WriteLine(LogLevel level, ReadOnlySpan<char> line)
    {
        int slot = (_first + Count) % _capacity;
        if (Count == _capacity)
        {
            _first = (_first + 1) % _capacity;
        }
        else
        {
            Count++;
        }

        int length = Math.Min(line.Length, MaxLength);
        line.Slice(0, length).CopyTo(_text.AsSpan(slot * MaxLength, length));
        _lengths[slot] = (byte)length;
        _levels[slot] = level;
    }

    /// <summary>A line, the oldest being 0; empty when there is none of that number.</summary>
    public ReadOnlySpan<char> GetLine(int index, out LogLevel level)
    {
        if ((uint)index >= (uint)Count)
        {
            level = LogLevel.Info;
            return default;
        }

        int slot = (_first + index) % _capacity;
        level = _levels[slot];
        return _text.AsSpan(slot * MaxLength, _lengths[slot]);
    }
}
