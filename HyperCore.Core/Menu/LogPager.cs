using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>Which log is read, and where. At the end it follows what comes; elsewhere the lines that are read stay where they are.</summary>
public sealed class LogPager
{
    /// <summary>The source that is HyperCore's own log; others are VMs.</summary>
    public const int Own = -1;

    private readonly MachineView _machine;
    private ulong _end;
    private int _rows = int.MaxValue;

    internal LogPager(MachineView machine) => _machine = machine;

    /// <summary>Whose lines are shown: <see cref="Own"/>, or a VM's.</summary>
    public int Source { get; private set; } = Own;

    /// <summary>The last lines are shown, and new ones as they come.</summary>
    public bool Follows { get; private set; } = true;

    /// <summary>The lines; null when nothing of them is kept.</summary>
    public LineHistory? Lines => Source == Own ? _machine.Log : _machine.GetVmConsole(Source);

    /// <summary>Which lines fill a page.</summary>
    /// <param name="rows">Rows of the page.</param>
    /// <param name="first">The first one that is shown, the oldest being 0.</param>
    /// <param name="count">How many are shown.</param>
    public void GetWindow(int rows, out int first, out int count)
    {
        if (Lines is not { } lines)
        {
            first = count = 0;
            return;
        }

        ulong end = Follows ? lines.Total : Math.Clamp(_end, lines.Forgotten, lines.Total);
        first = (int)Math.Max((long)(end - lines.Forgotten) - rows, 0);
        count = Math.Min(rows, lines.Count - first);
    }

    internal void Open(int source)
    {
        Source = source;
        Follows = true;
    }

    /// <summary>Several screens may show the same page: the smallest decides how far a page goes.</summary>
    internal void NoteRows(int rows) => _rows = Math.Max(Math.Min(_rows, rows), 1);

    /// <summary>Goes towards the end, or towards the start when negative.</summary>
    internal void Scroll(int by)
    {
        if (Lines is not { } lines)
        {
            return;
        }

        long total = (long)lines.Total;
        long lowest = (long)lines.Forgotten + Math.Min(lines.Count, _rows);
        long end = Math.Clamp((Follows ? total : (long)_end) + by, lowest, total);
        _end = (ulong)end;
        Follows = end == total;
    }
}
