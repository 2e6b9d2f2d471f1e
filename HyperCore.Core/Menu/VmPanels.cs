using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The list of VMs and the panel about the chosen one.</summary>
internal sealed class VmPanels
{
    private const int LabelWidth = 11;

    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly char[] _scratch = new char[240];

    public VmPanels(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
    }

    public void DrawList(int column, int row, int width, int rows)
    {
        Painter.Panel(_screen, column, row, width, rows, "Virtual machines");
        if (_machine.VmCount == 0)
        {
            _screen.Write(column + 3, row + 2, "No virtual machine is configured.", Color.Dim, width - 6);
            return;
        }

        int right = column + width - 3;
        int padding = Painter.PaddingOf(_screen);
        int y = row + 1 + padding;
        _screen.Write(column + 2, y, " #  Name", Color.Dim);
        _screen.Write(StateColumn(right, width), y, "State", Color.Dim);
        _screen.WriteRight(right - 23, y, "Memory", Color.Dim);
        _screen.WriteRight(right - 17, y, "CPUs", Color.Dim);
        _screen.WriteRight(right - 11, y, "CPU", Color.Dim);
        _screen.WriteRight(right, y, "Uptime", Color.Dim);
        int visible = Math.Max(rows - 3 - padding, 1);
        int first = Math.Clamp(_model.Selected - (visible / 2), 0, Math.Max(_machine.VmCount - visible, 0));
        int shown = Math.Min(visible, _machine.VmCount - first);
        for (int i = 0; i < shown; i++)
        {
            DrawVm(first + i, column + 1, y + 1 + i, width - 2, right);
        }

        if (first > 0)
        {
            _screen.Put(column + width - 1, y + 1, '▲', Color.Accent, Color.Panel);
        }

        if (first + shown < _machine.VmCount)
        {
            _screen.Put(column + width - 1, y + shown, '▼', Color.Accent, Color.Panel);
        }
    }

    public void DrawDetails(int column, int row, int width, int rows)
    {
        if (rows < 3)
        {
            return;
        }

        if (_machine.VmCount == 0)
        {
            DrawExample(column, row, width, rows);
            return;
        }

        int vm = _model.Selected;
        Painter.Panel(_screen, column, row, width, rows, _machine.GetVmTitle(vm));
        _machine.GetVmStatus(vm, out VmStatus status);
        int inset = Painter.InsetOf(_screen);
        int x = column + inset;
        int end = row + rows - 1;
        int inner = width - (2 * inset);
        int y = row + 1 + Painter.PaddingOf(_screen);
        y += DrawState(vm, status, x, y, inner, end - y);
        var text = new TextBuilder(_scratch);
        text.AppendMemorySize(status.MemorySize);
        text.Append(status.Processors == 1 ? " memory, 1 CPU" : " memory, ");
        if (status.Processors != 1)
        {
            text.AppendDecimal((long)status.Processors);
            text.Append(" CPUs");
        }

        y = Line(x, y, inner, end, "Resources", text.Text);
        if (status.State is VmState.Running or VmState.Paused)
        {
            y = DrawLoad(status, x, y, inner, end);
        }

        int settings = _machine.GetVmSettingCount(vm);
        for (int i = 0; i < settings; i++)
        {
            text.Clear();
            string label = _machine.WriteVmSetting(vm, i, ref text);
            y = Line(x, y, inner, end, label, text.Text);
        }
    }

    /// <summary>What a virtual machine looks like in the configuration, for those who have none.</summary>
    private void DrawExample(int column, int row, int width, int rows)
    {
        Painter.Panel(_screen, column, row, width, rows, "How to add one");
        int x = column + Painter.InsetOf(_screen);
        int inner = width - (2 * Painter.InsetOf(_screen));
        int end = row + rows - 1;
        int y = row + 1 + Painter.PaddingOf(_screen);
        y += Painter.Wrapped(_screen, x, y, inner, Math.Max(end - y, 0), "A section of the configuration file makes a virtual machine:", Color.Text) + 1;
        y = Line(x, y, inner, end, "[vm demo]", default);
        y = Line(x, y, inner, end, "boot", "= linux");
        y = Line(x, y, inner, end, "kernel", "= \\EFI\\HyperCore\\demo\\vmlinuz");
        y = Line(x, y, inner, end, "initrd", "= \\EFI\\HyperCore\\demo\\initrd.img");
        Line(x, y, inner, end, "memory", "= 512M");
    }

    private static int StateColumn(int right, int width) => right - (width >= 90 ? 47 : 40);

    private void DrawVm(int vm, int column, int row, int width, int right)
    {
        bool chosen = vm == _model.Selected;
        _machine.GetVmStatus(vm, out VmStatus status);
        if (chosen)
        {
            _screen.Fill(column, row, width, 1, Color.Selection);
        }

        Color plain = chosen ? Color.SelectionText : Color.Text;
        Color dim = chosen ? Color.SelectionText : Color.Dim;
        Color state = chosen ? Color.SelectionText : Painter.ColorOf(status.State);
        var text = new TextBuilder(_scratch);
        text.AppendDecimal((ulong)vm + 1, 2);
        _screen.Write(column + 1, row, text.Text, dim);
        int stateColumn = StateColumn(right, width + 2);
        int nameWidth = stateColumn - column - 6;
        string title = _machine.GetVmTitle(vm);
        int end = _screen.Write(column + 5, row, title, chosen ? Color.SelectionText : Color.Bright, nameWidth);
        string name = _machine.GetVmName(vm);
        if (name != title && end + 2 + name.Length < stateColumn)
        {
            end = _screen.Write(end + 2, row, name, dim);
        }

        if (status.IsForeground && end + 14 < stateColumn && status.State != VmState.Stopped && status.State != VmState.Failed)
        {
            _screen.Write(end + 2, row, "foreground", chosen ? Color.SelectionText : Color.Cyan);
        }

        _screen.Put(stateColumn, row, Painter.SymbolOf(status.State), state, chosen ? Color.Selection : Color.Panel);
        _screen.Write(stateColumn + 2, row, Painter.NameOf(status.State), state);
        text.Clear();
        text.AppendMemorySize(status.MemorySize);
        _screen.WriteRight(right - 23, row, text.Text, plain);
        text.Clear();
        text.AppendDecimal((long)status.Processors);
        _screen.WriteRight(right - 17, row, text.Text, plain);
        if (status.State is not (VmState.Running or VmState.Paused))
        {
            _screen.WriteRight(right - 11, row, "–", dim);
            _screen.WriteRight(right, row, "–", dim);
            return;
        }

        text.Clear();
        text.AppendDecimal((long)status.CpuPercent);
        text.Append(" %");
        _screen.WriteRight(right - 11, row, text.Text, plain);
        text.Clear();
        Painter.AppendDuration(ref text, status.Uptime);
        _screen.WriteRight(right, row, text.Text, plain);
    }

    private int DrawState(int vm, in VmStatus status, int column, int row, int width, int maxRows)
    {
        if (maxRows <= 0)
        {
            return 0;
        }

        Color color = Painter.ColorOf(status.State);
        _screen.Write(column, row, "State", Color.Dim);
        _screen.Put(column + LabelWidth, row, Painter.SymbolOf(status.State), color, Color.Panel);
        int at = _screen.Write(column + LabelWidth + 2, row, Painter.NameOf(status.State), color);
        var text = new TextBuilder(_scratch);
        if (status.State is VmState.Running or VmState.Paused)
        {
            text.Append(", up ");
            Painter.AppendDuration(ref text, status.Uptime);
            _screen.Write(at, row, text.Text, Color.Text);
            return 1;
        }

        if (status.State == VmState.Starting)
        {
            return 1;
        }

        _machine.WriteVmReason(vm, ref text);
        if (text.Length == 0)
        {
            return 1;
        }

        // Beside the state when it fits, else below it.
        at = _screen.Write(at, row, ": ", Color.Text);
        Color reason = status.State == VmState.Failed ? Color.Red : Color.Text;
        if (text.Length <= column + width - at || maxRows == 1)
        {
            _screen.Write(at, row, text.Text, reason, column + width - at);
            return 1;
        }

        return 1 + Painter.Wrapped(_screen, column + LabelWidth, row + 1, width - LabelWidth, maxRows - 1, text.Text, reason);
    }

    private int DrawLoad(in VmStatus status, int column, int row, int width, int end)
    {
        if (row < end)
        {
            _screen.Write(column, row, "CPU", Color.Dim);
            int bar = Math.Clamp(width - LabelWidth - 7, 8, 40);
            int capacity = Math.Max(status.Processors, 1) * 100;
            Color color = status.State == VmState.Paused ? Color.Dim : status.CpuPercent * 10 > capacity * 9 ? Color.Amber : Color.Green;
            Painter.Bar(_screen, column + LabelWidth, row, bar, (ulong)Math.Max(status.CpuPercent, 0), (ulong)capacity, color);
            var text = new TextBuilder(_scratch);
            text.AppendDecimal((long)status.CpuPercent);
            text.Append(" %");
            _screen.Write(column + LabelWidth + bar + 1, row, text.Text, Color.Text);
            row++;
        }

        var exits = new TextBuilder(_scratch);
        Painter.AppendCount(ref exits, status.Exits);
        return Line(column, row, width, end, "Exits", exits.Text);
    }

    private int Line(int column, int row, int width, int end, string label, ReadOnlySpan<char> value)
    {
        if (row >= end)
        {
            return row;
        }

        _screen.Write(column, row, label, Color.Dim, LabelWidth - 1);
        _screen.Write(column + LabelWidth, row, value, Color.Text, width - LabelWidth);
        return row + 1;
    }
}
