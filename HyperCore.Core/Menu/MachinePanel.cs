using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The panel about the machine: memory, facts, and the processor's features.</summary>
internal sealed class MachinePanel
{
    private const int LabelWidth = 12;

    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly char[] _scratch = new char[240];

    public MachinePanel(MachineView machine, TextScreen screen)
    {
        _machine = machine;
        _screen = screen;
    }

    /// <summary>The rows it takes to show everything in this width.</summary>
    public int CountRows(int width)
    {
        int inner = width - (2 * Painter.InsetOf(_screen));
        int rows = 2 + 5 + (2 * Painter.PaddingOf(_screen)) + FeatureRows(0, 0, inner, 0, draw: false);
        rows += _machine.FeatureCount > 0 ? 2 : 0;
        for (int i = 0; i < _machine.FactCount; i++)
        {
            var text = new TextBuilder(_scratch);
            _machine.WriteFact(i, ref text, out _);
            rows += Math.Max(Painter.CountLines(text.Text, inner - LabelWidth), 1);
        }

        return rows;
    }

    public void Draw(int column, int row, int width, int rows)
    {
        if (rows < 3)
        {
            return;
        }

        Painter.Panel(_screen, column, row, width, rows, "This machine");
        int inset = Painter.InsetOf(_screen);
        int x = column + inset;
        int inner = width - (2 * inset);
        int end = row + rows - 1;
        int y = row + 1 + Painter.PaddingOf(_screen);

        // With little room: what changes, then the features, then the facts.
        bool roomy = rows >= CountRows(width);
        int featureRows = FeatureRows(0, 0, inner, 0, draw: false);
        y = DrawLoad(x, y, inner, end, roomy);
        y = DrawMemory(x, y, inner, end, roomy);
        if (!roomy)
        {
            y += FeatureRows(x, y, inner, end, draw: true);
        }

        for (int i = 0; i < _machine.FactCount && y < end; i++)
        {
            var text = new TextBuilder(_scratch);
            string label = _machine.WriteFact(i, ref text, out FactLevel level);
            _screen.Write(x, y, label, Color.Dim, LabelWidth - 1);
            int lines = roomy ? end - y : 1;
            y += Math.Max(Painter.Wrapped(_screen, x + LabelWidth, y, inner - LabelWidth, lines, text.Text, Painter.ColorOf(level)), 1);
        }

        if (roomy && featureRows > 0)
        {
            _screen.Write(x, y + 1, "Processor features", Color.Dim);
            FeatureRows(x, y + 2, inner, end, draw: true);
        }
    }

    private int DrawLoad(int column, int row, int width, int end, bool roomy)
    {
        _machine.GetTotals(out MachineTotals totals);
        if (row >= end)
        {
            return row;
        }

        int capacity = Math.Max(totals.Processors, 1) * 100;
        var text = new TextBuilder(_scratch);
        Painter.AppendPercent(ref text, totals.CpuPercent);
        text.Append(" of ");
        text.AppendDecimal((long)totals.Processors);
        text.Append(totals.Processors == 1 ? " pCPU" : " pCPUs");
        _screen.Write(column, row, "VMs' load", Color.Dim);
        _screen.Write(column + LabelWidth, row, text.Text, Color.Text, width - LabelWidth);
        if (!roomy)
        {
            return row + 1;
        }

        Painter.Bar(_screen, column + LabelWidth, row + 1, width - LabelWidth, (ulong)Math.Max(totals.CpuPercent, 0), (ulong)capacity, Color.Green);
        text.Clear();
        Painter.AppendCount(ref text, totals.ExitRate);
        text.Append(" a second");
        _screen.Write(column, row + 2, "Exits", Color.Dim);
        _screen.Write(column + LabelWidth, row + 2, text.Text, Color.Text, width - LabelWidth);
        return row + 3;
    }

    private int DrawMemory(int column, int row, int width, int end, bool roomy)
    {
        if (row >= end)
        {
            return row;
        }

        ulong total = _machine.MemoryTotal;
        ulong free = Math.Min(_machine.MemoryFree, total);
        var text = new TextBuilder(_scratch);
        text.AppendMemorySize(free);
        text.Append(" free of ");
        text.AppendMemorySize(total);
        _screen.Write(column, row, "Memory", Color.Dim);
        _screen.Write(column + LabelWidth, row, text.Text, Color.Text, width - LabelWidth);
        if (!roomy)
        {
            return row + 1;
        }

        Painter.Bar(_screen, column + LabelWidth, row + 1, width - LabelWidth, total - free, total, Color.Accent);
        return row + 2;
    }

    /// <summary>The features one after the other, as many as fit in a line.</summary>
    private int FeatureRows(int column, int row, int width, int end, bool draw)
    {
        int count = _machine.FeatureCount;
        if (count == 0)
        {
            return 0;
        }

        int rows = 1;
        int x = 0;
        for (int i = 0; i < count; i++)
        {
            string name = _machine.GetFeature(i, out FactLevel level);
            int taken = name.Length + 2;
            if (x > 0 && x + taken > width)
            {
                rows++;
                x = 0;
            }

            if (draw && row + rows <= end)
            {
                Color color = level == FactLevel.Neutral ? Color.Dim : Painter.ColorOf(level);
                bool present = level is FactLevel.Good or FactLevel.Careful;
                _screen.Write(column + x, row + rows - 1, present ? "✓" : level == FactLevel.Bad ? "✗" : "–", color);
                _screen.Write(column + x + 2, row + rows - 1, name, present ? Color.Text : color, width - x - 2);
            }

            x += taken + 3;
        }

        return draw ? Math.Min(rows, Math.Max(end - row, 0)) : rows;
    }
}
