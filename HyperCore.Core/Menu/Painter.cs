using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The pieces the pages are drawn from.</summary>
internal static class Painter
{
    /// <summary>Blank lines between a panel's frame and what is in it: one where there is room.</summary>
    public static int PaddingOf(TextScreen screen) => screen.Rows >= 40 ? 1 : 0;

    /// <summary>Columns from a panel's edge to what is in it.</summary>
    public static int InsetOf(TextScreen screen) => screen.Columns >= 110 ? 3 : 2;

    /// <summary>A filled rectangle with a frame and a title in it.</summary>
    public static void Panel(TextScreen screen, int column, int row, int width, int height, ReadOnlySpan<char> title, Color background = Color.Panel, Color frame = Color.Border, Color titleColor = Color.Accent)
    {
        int right = column + width - 1;
        int bottom = row + height - 1;
        screen.Fill(column, row, width, height, ' ', Color.Text, background);
        screen.Fill(column, row, width, 1, '─', frame, background);
        screen.Fill(column, bottom, width, 1, '─', frame, background);
        screen.Fill(column, row, 1, height, '│', frame, background);
        screen.Fill(right, row, 1, height, '│', frame, background);
        screen.Put(column, row, '┌', frame, background);
        screen.Put(right, row, '┐', frame, background);
        screen.Put(column, bottom, '└', frame, background);
        screen.Put(right, bottom, '┘', frame, background);
        if (title.Length > 0 && width > 8)
        {
            screen.Put(column + 2, row, ' ', frame, background);
            int end = screen.Write(column + 3, row, title, titleColor, width - 7);
            screen.Put(end, row, ' ', frame, background);
        }
    }

    /// <summary>Text over several lines, broken at blanks.</summary>
    /// <returns>How many lines it took.</returns>
    public static int Wrapped(TextScreen screen, int column, int row, int width, int maxRows, ReadOnlySpan<char> text, Color color)
    {
        int rows = 0;
        while (text.Length > 0 && rows < maxRows && width > 0)
        {
            if (text.Length <= width || rows == maxRows - 1)
            {
                screen.Write(column, row + rows, text, color, width);
                return rows + 1;
            }

            int cut = LineLength(text, width);
            screen.Write(column, row + rows, text.Slice(0, cut), color, width);
            text = text.Slice(cut);
            while (text.Length > 0 && text[0] == ' ')
            {
                text = text.Slice(1);
            }

            rows++;
        }

        return rows;
    }

    /// <summary>How many lines <see cref="Wrapped"/> would take.</summary>
    public static int CountLines(ReadOnlySpan<char> text, int width)
    {
        int rows = 0;
        while (text.Length > 0 && width > 0)
        {
            rows++;
            if (text.Length <= width)
            {
                break;
            }

            text = text.Slice(LineLength(text, width));
            while (text.Length > 0 && text[0] == ' ')
            {
                text = text.Slice(1);
            }
        }

        return rows;
    }

    /// <summary>A bar that is filled in part.</summary>
    public static void Bar(TextScreen screen, int column, int row, int width, ulong value, ulong total, Color color, Color background = Color.Panel)
    {
        // Values are made small enough that nothing overflows. What is not nothing shows.
        while (total > uint.MaxValue)
        {
            total >>= 8;
            value >>= 8;
        }

        int filled = total == 0 ? 0 : (int)(((Math.Min(value, total) * (ulong)width) + (total / 2)) / total);
        filled = filled == 0 && value > 0 ? 1 : filled;
        for (int i = 0; i < width; i++)
        {
            screen.Put(column + i, row, i < filled ? '━' : '─', i < filled ? color : Color.Border, background);
        }
    }

    /// <summary>A key's name on its cap, and what it does.</summary>
    /// <returns>The column after it.</returns>
    public static int Key(TextScreen screen, int column, int row, string key, string label, bool enabled = true)
    {
        screen.Fill(column, row, key.Length + 2, 1, Color.KeyCap);
        screen.Write(column + 1, row, key, enabled ? Color.KeyCapText : Color.Dim);
        return label.Length == 0 ? column + key.Length + 2 : screen.Write(column + key.Length + 3, row, label, enabled ? Color.Text : Color.Dim);
    }

    /// <summary>A length of time: <c>0:04:12</c>, <c>3 d 02:04</c>.</summary>
    public static void AppendDuration(ref TextBuilder text, ulong nanoseconds)
    {
        ulong seconds = nanoseconds / 1_000_000_000;
        ulong days = seconds / 86_400;
        if (days > 0)
        {
            text.AppendDecimal(days);
            text.Append(" d ");
            text.AppendDecimal(seconds / 3600 % 24, 2, '0');
            text.Append(':');
            text.AppendDecimal(seconds / 60 % 60, 2, '0');
            return;
        }

        text.AppendDecimal(seconds / 3600);
        text.Append(':');
        text.AppendDecimal(seconds / 60 % 60, 2, '0');
        text.Append(':');
        text.AppendDecimal(seconds % 60, 2, '0');
    }

    /// <summary>A count with its thousands apart: <c>1 234 567</c>.</summary>
    public static void AppendCount(ref TextBuilder text, ulong count)
    {
        if (count >= 1000)
        {
            AppendCount(ref text, count / 1000);
            text.Append(' ');
            text.AppendDecimal(count % 1000, 3, '0');
        }
        else
        {
            text.AppendDecimal(count);
        }
    }

    /// <summary>A rate or a count in a few characters: <c>1 234</c>, <c>56k</c>, <c>7M</c>.</summary>
    public static void AppendShort(ref TextBuilder text, ulong count)
    {
        if (count < 10_000)
        {
            AppendCount(ref text, count);
        }
        else
        {
            text.AppendDecimal(count < 1_000_000 ? count / 1000 : count / 1_000_000);
            text.Append(count < 1_000_000 ? 'k' : 'M');
        }
    }

    /// <summary>Per cent: <c>37 %</c>.</summary>
    public static void AppendPercent(ref TextBuilder text, int percent)
    {
        text.AppendDecimal((long)percent);
        text.Append(" %");
    }

    /// <summary>
    /// Names in a panel's upper edge of which one is chosen: the machine's, then those of all VMs. When not all fit, those around the chosen one.
    /// </summary>
    /// <param name="screen">Where to draw.</param>
    /// <param name="column">The first column they may take.</param>
    /// <param name="row">The row.</param>
    /// <param name="width">The columns they may take.</param>
    /// <param name="own">The first name.</param>
    /// <param name="machine">Where the VMs' names come from.</param>
    /// <param name="chosen">The VM that is chosen; -1 for the first name.</param>
    public static void Tabs(TextScreen screen, int column, int row, int width, string own, MachineView machine, int chosen)
    {
        int first = -1;
        while (first < chosen && TabsWidth(own, machine, first, chosen) > width - 2)
        {
            first++;
        }

        int end = column + width;
        if (first > -1)
        {
            screen.Put(column++, row, '◀', Color.Accent, Color.Panel);
        }

        for (int i = first; i < machine.VmCount; i++)
        {
            string name = i < 0 ? own : machine.GetVmName(i);
            if (column + name.Length + 2 > end - 1 && i > first)
            {
                screen.Put(column, row, '▶', Color.Accent, Color.Panel);
                break;
            }

            int taken = Math.Min(name.Length + 2, end - column);
            screen.Fill(column, row, taken, 1, i == chosen ? Color.Selection : Color.Panel);
            screen.Write(column + 1, row, name, i == chosen ? Color.SelectionText : Color.Accent, taken - 2);
            column += taken + 1;
        }
    }

    /// <summary>Where in a longer text a page is: a thumb on the right edge of its frame.</summary>
    public static void Thumb(TextScreen screen, int column, int row, int track, int first, int shown, int count)
    {
        if (shown >= count || track <= 0)
        {
            return;
        }

        int size = Math.Max(track * shown / count, 1);
        int at = (track - size) * first / Math.Max(count - shown, 1);
        screen.Fill(column, row + at, 1, size, '█', Color.Accent, Color.Panel);
    }

    /// <summary>The sign of a state.</summary>
    public static char SymbolOf(VmState state) => state switch
    {
        VmState.Running => '●',
        VmState.Starting => '◆',
        VmState.Paused => '‖',
        VmState.Failed => '✗',
        _ => '○',
    };

    /// <summary>The word for a state.</summary>
    public static string NameOf(VmState state) => state switch
    {
        VmState.Running => "running",
        VmState.Starting => "starting",
        VmState.Paused => "paused",
        VmState.Failed => "failed",
        _ => "stopped",
    };

    /// <summary>The word for what a VM does: its state, or that it shuts down.</summary>
    public static string NameOf(in VmStatus status) => status.IsStopping ? "stopping" : NameOf(status.State);

    /// <summary>The colour of what a VM does.</summary>
    public static Color ColorOf(in VmStatus status) => status.IsStopping ? Color.Amber : ColorOf(status.State);

    /// <summary>The word for what a vCPU does.</summary>
    public static string NameOf(VcpuState state) => state switch
    {
        VcpuState.Running => "running",
        VcpuState.Ready => "ready",
        VcpuState.Halted => "halted",
        VcpuState.WaitingForSipi => "waits for SIPI",
        VcpuState.Paused => "paused",
        _ => "off",
    };

    /// <summary>The colour of what a vCPU does.</summary>
    public static Color ColorOf(VcpuState state) => state switch
    {
        VcpuState.Running => Color.Green,
        VcpuState.Ready => Color.Cyan,
        VcpuState.Paused => Color.Amber,
        VcpuState.Halted => Color.Text,
        _ => Color.Dim,
    };

    /// <summary>The colour of a state.</summary>
    public static Color ColorOf(VmState state) => state switch
    {
        VmState.Running => Color.Green,
        VmState.Starting => Color.Cyan,
        VmState.Paused => Color.Amber,
        VmState.Failed => Color.Red,
        _ => Color.Dim,
    };

    /// <summary>The colour of a fact.</summary>
    public static Color ColorOf(FactLevel level) => level switch
    {
        FactLevel.Good => Color.Green,
        FactLevel.Careful => Color.Amber,
        FactLevel.Bad => Color.Red,
        _ => Color.Text,
    };

    /// <summary>The colour of a line of the log.</summary>
    public static Color ColorOf(LogLevel level) => level switch
    {
        LogLevel.Error => Color.Red,
        LogLevel.Warning => Color.Amber,
        LogLevel.Info => Color.Text,
        _ => Color.Dim,
    };

    private static int TabsWidth(string own, MachineView machine, int first, int last)
    {
        int width = first > -1 ? 1 : 0;
        for (int i = first; i <= last; i++)
        {
            width += (i < 0 ? own : machine.GetVmName(i)).Length + 3;
        }

        return width;
    }

    private static int LineLength(ReadOnlySpan<char> text, int width)
    {
        for (int i = width; i > width / 2; i--)
        {
            if (text[i] == ' ')
            {
                return i;
            }
        }

        return width;
    }
}
