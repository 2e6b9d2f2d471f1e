using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// The way of a second serial device into a VM's console: it passes on whole lines, so that the lines of the two do not get mixed. The part of
/// a line that nothing follows, such as a prompt, is passed on after a while.
/// </summary>
public sealed class LineOutput : SerialOutput
{
    private const int Capacity = 240;
    private const ulong Patience = 100_000_000;

    private readonly GuestConsole _console;
    private readonly Clock _clock;
    private readonly FlushTimer _timer;
    private readonly byte[] _line = new byte[Capacity];
    private int _length;
    private bool _isContinued;

    /// <summary>Creates an empty line.</summary>
    /// <param name="console">Where lines go.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    public LineOutput(GuestConsole console, Clock clock, TimerSet timers)
    {
        _console = console;
        _clock = clock;
        _timer = new FlushTimer(timers, this);
    }

    /// <inheritdoc/>
    public override int Room => Math.Max(0, _console.Room - _length - 1);

    /// <inheritdoc/>
    public override void Write(byte value)
    {
        _line[_length++] = value;
        if (value == '\n' || _length == Capacity)
        {
            Flush();
        }
        else if (_timer.Deadline == VirtualTimer.Never)
        {
            _timer.Arm(_clock.Now + Patience);
        }
    }

    /// <inheritdoc/>
    public override void Discard()
    {
        _length = 0;
        _isContinued = false;
        _timer.Cancel();
    }

    private void Flush()
    {
        if (!_isContinued && !_console.IsAtLineStart)
        {
            _console.Write((byte)'\n');
        }

        for (int i = 0; i < _length; i++)
        {
            _console.Write(_line[i]);
        }

        _isContinued = _line[_length - 1] != '\n';
        _length = 0;
        if (_timer.Deadline != VirtualTimer.Never)
        {
            _timer.Cancel();
        }
    }

    private sealed class FlushTimer(TimerSet timers, LineOutput line) : VirtualTimer(timers)
    {
        // Armed only while there is a part of a line.
        protected internal override void Fire(ulong deadline) => line.Flush();
    }
}
