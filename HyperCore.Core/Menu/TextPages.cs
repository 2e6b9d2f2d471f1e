using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The pages of scrolled text: the log, and the information about the machine and its VMs.</summary>
internal sealed class TextPages
{
    // "[   12.345678] " at the start of a line of the log.
    private const int TimeWidth = 15;
    private const int LabelWidth = 16;

    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly char[] _scratch = new char[240];
    private int _line;
    private int _top;
    private int _bottom;
    private int _first;

    public TextPages(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
    }

    private int Left => _screen.Columns >= 110 ? 2 : 0;

    private int Width => _screen.Columns - (2 * Left);

    /// <summary>A line of the log: the time dim, the rest as its level says.</summary>
    public static void DrawLogLine(TextScreen screen, int column, int row, int width, ReadOnlySpan<char> line, LogLevel level)
    {
        int time = line.Length > TimeWidth && line[0] == '[' ? TimeWidth : 0;
        screen.Write(column, row, line.Slice(0, time), Color.Dim);
        screen.Write(column + time, row, line.Slice(time), Painter.ColorOf(level), width - time);
    }

    public void Draw(int top, int rows)
    {
        _top = top + 1;
        _bottom = top + rows - 1;
        if (_model.Page == MenuPage.Log)
        {
            DrawLog(top, rows);
        }
        else
        {
            DrawInfo(top, rows);
        }
    }

    private void DrawLog(int top, int rows)
    {
        Painter.Panel(_screen, Left, top, Width, rows, "Log");
        int visible = rows - 2;
        int count = _machine.LogCount;
        if (count == 0)
        {
            _screen.Write(Left + 2, _top, "Nothing was logged yet.", Color.Dim);
            return;
        }

        int first = Math.Max(count - visible - _model.Scroll, 0);
        int shown = Math.Min(visible, count - first);
        for (int i = 0; i < shown; i++)
        {
            ReadOnlySpan<char> line = _machine.GetLogLine(first + i, out LogLevel level);
            DrawLogLine(_screen, Left + 2, _top + i, Width - 4, line, level);
        }

        DrawScroll(first, shown, count);
    }

    private void DrawInfo(int top, int rows)
    {
        Painter.Panel(_screen, Left, top, Width, rows, "Information");
        _line = 0;
        _first = Math.Clamp(_model.Scroll, 0, Math.Max(_model.InfoLines - (rows - 2), 0));
        Heading("HyperCore");
        Line("Version", _machine.Version, Color.Text);
        Line("Configuration", _machine.ConfigurationPath, Color.Text);
        for (int i = 0; i < _machine.ProblemCount; i++)
        {
            Line("", _machine.GetProblem(i), Color.Red);
        }

        Heading("This machine");
        var text = new TextBuilder(_scratch);
        text.AppendMemorySize(_machine.MemoryFree);
        text.Append(" free of ");
        text.AppendMemorySize(_machine.MemoryTotal);
        Line("Memory", text.Text, Color.Text);
        for (int i = 0; i < _machine.FactCount; i++)
        {
            text.Clear();
            string label = _machine.WriteFact(i, ref text, out FactLevel level);
            Line(label, text.Text, Painter.ColorOf(level));
        }

        for (int i = 0; i < _machine.FeatureCount; i++)
        {
            string name = _machine.GetFeature(i, out FactLevel level);
            bool present = level is FactLevel.Good or FactLevel.Careful;
            text.Clear();
            text.Append(present ? "✓ " : level == FactLevel.Bad ? "✗ " : "– ");
            text.Append(name);
            Line(i == 0 ? "Features" : "", text.Text, level == FactLevel.Neutral ? Color.Dim : Painter.ColorOf(level));
        }

        for (int vm = 0; vm < _machine.VmCount; vm++)
        {
            InfoOfVm(vm);
        }

        _model.InfoLines = _line;
        DrawScroll(_first, Math.Min(rows - 2, _line - _first), _line);
    }

    private void InfoOfVm(int vm)
    {
        Heading(_machine.GetVmTitle(vm));
        _machine.GetVmStatus(vm, out VmStatus status);
        Line("Name", _machine.GetVmName(vm), Color.Text);
        var text = new TextBuilder(_scratch);
        text.Append(Painter.NameOf(status.State));
        int length = text.Length;
        text.Append(": ");
        int withColon = text.Length;
        if (status.State is VmState.Stopped or VmState.Failed)
        {
            _machine.WriteVmReason(vm, ref text);
        }

        Line("State", text.Length > withColon ? text.Text : text.Text.Slice(0, length), Painter.ColorOf(status.State));
        text.Clear();
        text.AppendMemorySize(status.MemorySize);
        Line("Memory", text.Text, Color.Text);
        text.Clear();
        text.AppendDecimal((long)status.Processors);
        Line("CPUs", text.Text, Color.Text);
        text.Clear();
        Painter.AppendCount(ref text, status.Exits);
        Line("Exits", text.Text, Color.Text);
        int settings = _machine.GetVmSettingCount(vm);
        for (int i = 0; i < settings; i++)
        {
            text.Clear();
            string label = _machine.WriteVmSetting(vm, i, ref text);
            Line(label, text.Text, Color.Text);
        }
    }

    private void Heading(string title)
    {
        if (_line > 0)
        {
            _line++;
        }

        int row = _top + _line - _first;
        if (row >= _top && row < _bottom)
        {
            _screen.Write(Left + 2, row, title, Color.Accent, Width - 4);
        }

        _line++;
    }

    private void Line(string label, ReadOnlySpan<char> value, Color color)
    {
        int width = Width - 6 - LabelWidth;
        int row = _top + _line - _first;
        if (row >= _top && row < _bottom)
        {
            _screen.Write(Left + 4, row, label, Color.Dim, LabelWidth - 1);
        }

        // What is too long goes on in the next line.
        do
        {
            int length = Math.Min(value.Length, width);
            row = _top + _line - _first;
            if (row >= _top && row < _bottom)
            {
                _screen.Write(Left + 4 + LabelWidth, row, value.Slice(0, length), color);
            }

            value = value.Slice(length);
            _line++;
        }
        while (value.Length > 0);
    }

    private void DrawScroll(int first, int shown, int count)
    {
        if (shown >= count)
        {
            return;
        }

        // A thumb on the right edge of the frame.
        int track = _bottom - _top;
        int size = Math.Max(track * shown / count, 1);
        int at = (track - size) * first / Math.Max(count - shown, 1);
        _screen.Fill(Left + Width - 1, _top + at, 1, size, '█', Color.Accent, Color.Panel);
    }
}
