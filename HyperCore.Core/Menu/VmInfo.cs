using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;

namespace HyperCore.Core.Menu;

/// <summary>All that is known about one VM: its state, its vCPUs, why it exits, its devices and settings.</summary>
internal sealed class VmInfo
{
    private const int TwoColumns = 118;
    private const int MaxShares = 8;
    private const int TraceRows = 8;
    private const int ShareWidth = 56;
    private const int ShareBar = 12;

    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly TextFlow _flow;
    private readonly ExitShare[] _shares = new ExitShare[MaxShares];
    private readonly char[] _scratch = new char[240];

    public VmInfo(MachineView machine, TextScreen screen, TextFlow flow)
    {
        _machine = machine;
        _screen = screen;
        _flow = flow;
    }

    public void Draw(int vm)
    {
        _machine.GetVmStatus(vm, out VmStatus status);
        _flow.Heading(_machine.GetVmTitle(vm));
        DrawState(vm, status);
        if (status.Exits > 0)
        {
            DrawVcpus(vm, status.Processors);
            DrawExits(vm, status);
        }

        int devices = _machine.GetVmDeviceCount(vm);
        if (devices > 0)
        {
            _flow.Heading("Devices");
        }

        for (int i = 0; i < devices; i++)
        {
            var text = new TextBuilder(_scratch);
            string label = _machine.WriteVmDevice(vm, i, ref text);
            _flow.Line(label, text.Text);
        }

        _flow.Heading("Settings");
        _flow.Line("Name", _machine.GetVmName(vm));
        int settings = _machine.GetVmSettingCount(vm);
        for (int i = 0; i < settings; i++)
        {
            var text = new TextBuilder(_scratch);
            string label = _machine.WriteVmSetting(vm, i, ref text);
            _flow.Line(label, text.Text);
        }
    }

    private void DrawState(int vm, in VmStatus status)
    {
        var text = new TextBuilder(_scratch);
        text.Append(Painter.SymbolOf(status.State));
        text.Append(' ');
        text.Append(Painter.NameOf(status));
        if (status.IsStopping)
        {
            text.Append(": asked to shut down, stopped by force in ");
            text.AppendDecimal((status.StopsIn + 999_999_999) / 1_000_000_000);
            text.Append(" s");
        }

        text.Append(status.IsAlive && status.IsForeground ? ", in the foreground" : "");
        _flow.Line("State", text.Text, Painter.ColorOf(status));
        text.Clear();
        _machine.WriteVmReason(vm, ref text);
        if (!status.IsAlive && text.Length > 0)
        {
            _flow.Line(status.State == VmState.Failed ? "Reason" : "Stopped because", text.Text, status.State == VmState.Failed ? Color.Red : Color.Text);
        }

        if (status.State is VmState.Running or VmState.Paused)
        {
            text.Clear();
            Painter.AppendDuration(ref text, status.Uptime);
            _flow.Line("Uptime", text.Text);
            text.Clear();
            Painter.AppendPercent(ref text, status.CpuPercent);
            text.Append(" of ");
            Painter.AppendPercent(ref text, status.Processors * 100);
            _flow.Line("CPU", text.Text);
        }

        text.Clear();
        text.AppendMemorySize(status.MemorySize);
        _flow.Line("Memory", text.Text);
        text.Clear();
        Painter.AppendCount(ref text, status.Exits);
        text.Append(", ");
        Painter.AppendCount(ref text, status.ExitRate);
        text.Append(" a second");
        _flow.Line("Exits", text.Text);
    }

    private void DrawVcpus(int vm, int count)
    {
        _flow.Heading("Virtual processors");
        int x = _flow.Column + 2;
        int row = _flow.Next();
        _screen.Write(x, row, "vCPU", Color.Dim);
        _screen.Write(x + 6, row, "State", Color.Dim);
        _screen.WriteRight(x + 26, row, "pCPU", Color.Dim);
        _screen.WriteRight(x + 33, row, "CPU", Color.Dim);
        _screen.WriteRight(x + 43, row, "CPU time", Color.Dim);
        _screen.WriteRight(x + 52, row, "Exits/s", Color.Dim);
        _screen.Write(x + 54, row, "Last exit", Color.Dim);
        for (int i = 0; i < count; i++)
        {
            DrawVcpu(vm, i, x, _flow.Next());
        }
    }

    private void DrawVcpu(int vm, int vcpu, int x, int row)
    {
        _machine.GetVcpuStatus(vm, vcpu, out VcpuStatus status);
        var text = new TextBuilder(_scratch);
        text.AppendDecimal((long)vcpu);
        _screen.WriteRight(x + 4, row, text.Text, Color.Text);
        _screen.Write(x + 6, row, Painter.NameOf(status.State), Painter.ColorOf(status.State));
        text.Clear();
        if (status.Pcpu >= 0)
        {
            text.AppendDecimal((long)status.Pcpu);
        }
        else
        {
            text.Append('–');
        }

        _screen.WriteRight(x + 26, row, text.Text, Color.Text);
        text.Clear();
        Painter.AppendPercent(ref text, status.CpuPercent);
        _screen.WriteRight(x + 33, row, text.Text, Color.Text);
        text.Clear();
        Painter.AppendDuration(ref text, status.RunTime);
        _screen.WriteRight(x + 43, row, text.Text, Color.Text);
        text.Clear();
        Painter.AppendShort(ref text, status.ExitRate);
        _screen.WriteRight(x + 52, row, text.Text, Color.Text);
        if (status.Exits > 0)
        {
            _screen.Write(x + 54, row, ExitText.NameOf(status.LastExit), Color.Text, _flow.Width - 56);
        }
    }

    /// <summary>The reasons of the exits, and the last exits: side by side where there is room.</summary>
    private void DrawExits(int vm, in VmStatus status)
    {
        bool isWide = _flow.Width >= TwoColumns;
        _flow.Gap();
        int start = _flow.Lines;
        int shares = DrawShares(vm, status.Exits, _flow.Column, start);
        if (isWide)
        {
            int left = ShareWidth + 6;
            int rows = 0;
            for (int i = 0; i < status.Processors && (i == 0 || rows + TraceRows + 2 <= shares); i++)
            {
                rows += DrawTrace(vm, i, _flow.Column + left, start + rows, _flow.Width - left);
            }

            _flow.Skip(Math.Max(shares, rows));
            return;
        }

        _flow.Skip(shares);
        for (int i = 0; i < status.Processors; i++)
        {
            _flow.Gap();
            _flow.Skip(DrawTrace(vm, i, _flow.Column, _flow.Lines, _flow.Width));
        }
    }

    private int DrawShares(int vm, ulong total, int column, int line)
    {
        _screen.Write(column, _flow.RowOf(line), "Exits by reason", Color.Accent);
        int x = column + 2;
        int row = _flow.RowOf(line + 1);
        _screen.Write(x, row, "Reason", Color.Dim);
        _screen.WriteRight(x + 34, row, "Count", Color.Dim);
        _screen.WriteRight(x + 42, row, "Per s", Color.Dim);
        int count = _machine.GetExitShares(vm, _shares);
        for (int i = 0; i < count; i++)
        {
            ref ExitShare share = ref _shares[i];
            row = _flow.RowOf(line + 2 + i);
            _screen.Write(x, row, ExitText.NameOf(share.Reason), Color.Text, 21);
            var text = new TextBuilder(_scratch);
            Painter.AppendCount(ref text, share.Count);
            _screen.WriteRight(x + 34, row, text.Text, Color.Text);
            text.Clear();
            Painter.AppendShort(ref text, share.Rate);
            _screen.WriteRight(x + 42, row, text.Text, Color.Text);
            Painter.Bar(_screen, x + 44, row, ShareBar, share.Count, total, Color.Accent);
        }

        return 2 + count;
    }

    private int DrawTrace(int vm, int vcpu, int column, int line, int width)
    {
        var text = new TextBuilder(_scratch);
        text.Append("Last exits of vCPU ");
        text.AppendDecimal((long)vcpu);
        text.Append(", newest first");
        _screen.Write(column, _flow.RowOf(line), text.Text, Color.Accent, width);
        int x = column + 2;
        int row = _flow.RowOf(line + 1);
        _screen.Write(x, row, "Guest was at", Color.Dim);
        _screen.Write(x + 18, row, "Exit", Color.Dim);
        int count = Math.Min(_machine.GetTraceCount(vm, vcpu), TraceRows);
        for (int i = 0; i < count; i++)
        {
            text.Clear();
            ulong rip = _machine.WriteTrace(vm, vcpu, i, ref text);
            row = _flow.RowOf(line + 2 + i);
            _screen.Write(x + 18, row, text.Text, Color.Text, width - 20);
            text.Clear();
            text.AppendHex(rip, 16);
            _screen.Write(x, row, text.Text, Color.Dim);
        }

        return 2 + count;
    }
}
