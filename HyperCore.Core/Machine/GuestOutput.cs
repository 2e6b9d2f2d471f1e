using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>Brings what the guests write to their COM1 to the serial line, a whole line at a time, each with its VM's name.</summary>
public sealed class GuestOutput
{
    private const ulong PartialLineDelay = 200_000_000;
    private const int LinesAtOnce = 8;

    // At 115200 baud a line of a guest takes up to 20 ms, in which nothing else happens here. So writing stops after a while, and then rests for
    // three times as long as it took, unless no vCPU has anything to do.
    private const ulong OutputSlice = 2_000_000;
    private const ulong OutputRest = 3;

    private readonly VirtualMachine[] _machines;
    private readonly Clock _clock;
    private readonly AnsiMirror _mirror;
    private readonly Action? _breather;
    private readonly char[] _line = new char[GuestConsole.MaxLine + 40];
    private int _first;
    private ulong _due;

    /// <summary>Creates the writer.</summary>
    /// <param name="machines">All VMs.</param>
    /// <param name="clock">The machine's clock.</param>
    /// <param name="mirror">The terminal on the serial line.</param>
    /// <param name="breather">What is done now and then while much is written at once; null when there is nothing.</param>
    public GuestOutput(VirtualMachine[] machines, Clock clock, AnsiMirror mirror, Action? breather = null)
    {
        _machines = machines;
        _clock = clock;
        _mirror = mirror;
        _breather = breather;
    }

    /// <summary>Writes what waits, but not for long.</summary>
    /// <param name="now">The time, nanoseconds.</param>
    /// <param name="isBusy">A vCPU wants to run here: it gets its turn between two lots of output.</param>
    /// <param name="nextDue">When this is to be called again at the latest.</param>
    /// <returns>True when more waits, and nobody needs to sleep.</returns>
    public bool Write(ulong now, bool isBusy, out ulong nextDue)
    {
        nextDue = VirtualTimer.Never;
        if (now < _due && isBusy)
        {
            nextDue = _due;
            return false;
        }

        _due = now;
        bool more = false;
        bool written = false;
        int count = _machines.Length;
        for (int i = 0; i < count; i++)
        {
            VirtualMachine vm = _machines[(_first + i) % count];
            if (vm.Console.HasInput)
            {
                written = true;
                more |= WriteLines(vm, now + OutputSlice);
                vm.Console.PartialLineDue = vm.Console.HasPartialLine ? now + PartialLineDelay : VirtualTimer.Never;
            }
            else if (now >= vm.Console.PartialLineDue)
            {
                // A prompt has no line end: it is shown when nothing has followed it for a while.
                vm.Console.PartialLineDue = VirtualTimer.Never;
                WriteLine(vm, vm.Console.TakePartialLine(), isEnded: false);
            }

            vm.OutputShown();
            nextDue = Math.Min(nextDue, vm.Console.PartialLineDue);
        }

        if (written)
        {
            // Another one is first the next time.
            _first = (_first + 1) % count;
            ulong end = _clock.Now;
            _due = end + ((end - now) * OutputRest);
            nextDue = more ? Math.Min(nextDue, _due) : nextDue;
        }

        return more || _due > _clock.Now;
    }

    /// <summary>Writes all that waits of a VM, also a line without an end, so that its last words stand before the line that says how it ended.</summary>
    /// <param name="vm">None of its vCPUs runs any more.</param>
    public void WriteLastWords(VirtualMachine vm)
    {
        while (WriteLines(vm, _clock.Now + OutputSlice))
        {
            _breather?.Invoke();
        }

        if (vm.Console.HasPartialLine)
        {
            WriteLine(vm, vm.Console.TakePartialLine(), isEnded: false);
        }

        vm.Console.PartialLineDue = VirtualTimer.Never;
    }

    // True when there may be more.
    private bool WriteLines(VirtualMachine vm, ulong until)
    {
        int written = 0;
        while (written < LinesAtOnce && _clock.Now < until)
        {
            vm.Enter();
            bool taken = vm.Console.TryTakeLine(out ReadOnlySpan<char> line);
            vm.Leave();
            if (!taken)
            {
                return false;
            }

            WriteLine(vm, line, isEnded: true);
            written++;
        }

        return true;
    }

    private void WriteLine(VirtualMachine vm, ReadOnlySpan<char> line, bool isEnded)
    {
        vm.ConsoleHistory.Add(line, isEnded: isEnded, isBytes: true);
        var text = new TextBuilder(_line);
        text.Append(vm.Config.Name);
        text.Append("| ");
        text.Append(line);
        _mirror.WriteLine(text.Text);
    }
}
