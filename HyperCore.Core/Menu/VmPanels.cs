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
        VmColumns columns = VmColumns.In(right, width);
        _screen.Write(column + 2, y, " #  Name", Color.Dim);
        _screen.Write(columns.State, y, "State", Color.Dim);
        _screen.WriteRight(columns.Memory, y, "Memory", Color.Dim);
        _screen.WriteRight(columns.Vcpus, y, "vCPUs", Color.Dim);
        _screen.WriteRight(columns.Cpu, y, "CPU", Color.Dim);
        _screen.WriteRight(columns.Exits, y, "Exits/s", Color.Dim);
        _screen.WriteRight(columns.Uptime, y, "Uptime", Color.Dim);
        int visible = Math.Max(rows - 3 - padding, 1);
        int first = Math.Clamp(_model.Selected - (visible / 2), 0, Math.Max(_machine.VmCount - visible, 0));
        int shown = Math.Min(visible, _machine.VmCount - first);
        for (int i = 0; i < shown; i++)
        {
            DrawVm(first + i, column + 1, y + 1 + i, width - 2, columns);
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
        text.Append(" memory, ");
        text.AppendDecimal((long)status.Processors);
        text.Append(status.Processors == 1 ? " vCPU" : " vCPUs");

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

    private void DrawVm(int vm, int column, int row, int width, in VmColumns columns)
    {
        bool chosen = vm == _model.Selected;
        _machine.GetVmStatus(vm, out VmStatus status);
        if (chosen)
        {
            _screen.Fill(column, row, width, 1, Color.Selection);
        }

        Color plain = chosen ? Color.SelectionText : Color.Text;
        Color dim = chosen ? Color.SelectionText : Color.Dim;
        Color state = chosen ? Color.SelectionText : Painter.ColorOf(status);
        var text = new TextBuilder(_scratch);
        text.AppendDecimal((ulong)vm + 1, 2);
        _screen.Write(column + 1, row, text.Text, dim);
        DrawName(vm, status, column + 5, row, columns.State - column - 6, chosen);
        _screen.Put(columns.State, row, Painter.SymbolOf(status.State), state, chosen ? Color.Selection : Color.Panel);
        _screen.Write(columns.State + 2, row, Painter.NameOf(status), state);
        text.Clear();
        text.AppendMemorySize(status.MemorySize);
        _screen.WriteRight(columns.Memory, row, text.Text, plain);
        text.Clear();
        text.AppendDecimal((long)status.Processors);
        _screen.WriteRight(columns.Vcpus, row, text.Text, plain);
        if (status.State is not (VmState.Running or VmState.Paused))
        {
            _screen.WriteRight(columns.Cpu, row, "–", dim);
            _screen.WriteRight(columns.Exits, row, "–", dim);
            _screen.WriteRight(columns.Uptime, row, "–", dim);
            return;
        }

        text.Clear();
        Painter.AppendPercent(ref text, status.CpuPercent);
        _screen.WriteRight(columns.Cpu, row, text.Text, plain);
        text.Clear();
        Painter.AppendShort(ref text, status.ExitRate);
        _screen.WriteRight(columns.Exits, row, text.Text, plain);
        text.Clear();
        Painter.AppendDuration(ref text, status.Uptime);
        _screen.WriteRight(columns.Uptime, row, text.Text, plain);
    }

    /// <summary>The title; behind it, where there is room, who has the screen, and the name.</summary>
    private void DrawName(int vm, in VmStatus status, int column, int row, int width, bool chosen)
    {
        const string Foreground = "foreground";
        string title = _machine.GetVmTitle(vm);
        string name = _machine.GetVmName(vm);
        bool isForeground = status.IsForeground && status.IsAlive;
        int end = column + width;

        // Who has the screen matters more than the end of a long title.
        int room = !isForeground || width < 24 ? width : width - 3;
        column = _screen.Write(column, row, title, chosen ? Color.SelectionText : Color.Bright, room);
        if (isForeground)
        {
            Color color = chosen ? Color.SelectionText : Color.Cyan;
            column = column + 2 <= end ? _screen.Write(column + 1, row, "▶", color) : column;
            column = column + 1 + Foreground.Length <= end ? _screen.Write(column + 1, row, Foreground, color) : column;
        }

        if (name != title && column + 2 + name.Length <= end)
        {
            _screen.Write(column + 2, row, name, chosen ? Color.SelectionText : Color.Dim);
        }
    }

    private int DrawState(int vm, in VmStatus status, int column, int row, int width, int maxRows)
    {
        if (maxRows <= 0)
        {
            return 0;
        }

        Color color = Painter.ColorOf(status);
        _screen.Write(column, row, "State", Color.Dim);
        _screen.Put(column + LabelWidth, row, Painter.SymbolOf(status.State), color, Color.Panel);
        int at = _screen.Write(column + LabelWidth + 2, row, Painter.NameOf(status), color);
        var text = new TextBuilder(_scratch);
        if (status.IsStopping)
        {
            text.Append(", by force in ");
            text.AppendDecimal((status.StopsIn + 999_999_999) / 1_000_000_000);
            text.Append(" s");
            _screen.Write(at, row, text.Text, Color.Text);
            return 1;
        }

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
            Painter.AppendPercent(ref text, status.CpuPercent);
            _screen.Write(column + LabelWidth + bar + 1, row, text.Text, Color.Text);
            row++;
        }

        var exits = new TextBuilder(_scratch);
        Painter.AppendCount(ref exits, status.Exits);
        exits.Append(", ");
        Painter.AppendShort(ref exits, status.ExitRate);
        exits.Append(" a second");
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
