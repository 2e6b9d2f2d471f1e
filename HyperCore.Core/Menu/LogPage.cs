using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The page that shows HyperCore's log, or what a VM wrote to its console.</summary>
internal sealed class LogPage
{
    // "[   12.345678] " at the start of a line of the log.
    private const int TimeWidth = 15;

    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly char[] _scratch = new char[120];

    public LogPage(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
    }

    /// <summary>A line of the log: the time dim, the rest as its level says.</summary>
    public static void DrawLogLine(TextScreen screen, int column, int row, int width, ReadOnlySpan<char> line, LogLevel level)
    {
        int time = line.Length > TimeWidth && line[0] == '[' ? TimeWidth : 0;
        screen.Write(column, row, line.Slice(0, time), Color.Dim);
        screen.Write(column + time, row, line.Slice(time), Painter.ColorOf(level), width - time);
    }

    public void Draw(int column, int top, int width, int rows)
    {
        LogPager pager = _model.Log;
        Painter.Panel(_screen, column, top, width, rows, "");
        pager.GetWindow(rows - 2, out int first, out int count);
        LineHistory? lines = pager.Lines;
        int statusWidth = DrawStatus(column + width - 2, top, lines, first, count);
        Painter.Tabs(_screen, column + 2, top, width - 5 - statusWidth, "HyperCore", _machine, pager.Source);
        if (lines == null || lines.Count == 0)
        {
            _screen.Write(column + 3, top + 1, pager.Source == LogPager.Own ? "Nothing was logged yet." : "It has written nothing to its serial or virtio console yet.", Color.Dim, width - 5);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<char> line = lines.GetLine(first + i, out byte tag);
            if (pager.Source == LogPager.Own)
            {
                DrawLogLine(_screen, column + 2, top + 1 + i, width - 4, line, (LogLevel)tag);
            }
            else
            {
                _screen.Write(column + 2, top + 1 + i, line, Color.Text, width - 4);
            }
        }

        Painter.Thumb(_screen, column + width - 1, top + 1, rows - 2, first, count, lines.Count);
    }

    /// <summary>Which lines are shown, at the right of the upper edge.</summary>
    /// <returns>The columns it takes.</returns>
    private int DrawStatus(int right, int row, LineHistory? lines, int first, int count)
    {
        if (lines == null || lines.Count == 0)
        {
            return 0;
        }

        var text = new TextBuilder(_scratch);
        text.Append(' ');
        text.AppendDecimal(lines.Forgotten + (ulong)first + 1);
        text.Append('–');
        text.AppendDecimal(lines.Forgotten + (ulong)(first + count));
        text.Append(" of ");
        text.AppendDecimal(lines.Total);
        text.Append(_model.Log.Follows ? ", following " : "  ");
        _screen.WriteRight(right, row, text.Text, _model.Log.Follows ? Color.Dim : Color.Amber);
        return text.Length;
    }
}
