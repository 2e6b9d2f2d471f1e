using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The page with all that is known about the machine, or about one VM.</summary>
internal sealed class InfoPage
{
    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly TextFlow _flow;
    private readonly VmInfo _vmInfo;
    private readonly char[] _scratch = new char[240];

    public InfoPage(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
        _flow = new TextFlow(screen);
        _vmInfo = new VmInfo(machine, screen, _flow);
    }

    public void Draw(int column, int top, int width, int rows)
    {
        Painter.Panel(_screen, column, top, width, rows, "");
        Painter.Tabs(_screen, column + 2, top, width - 4, "This machine", _machine, _model.InfoVm);
        int padding = Painter.PaddingOf(_screen);
        int inset = Painter.InsetOf(_screen);
        int visible = rows - 2 - padding;

        // The number of lines is only known when they are drawn: what was drawn too far down is drawn again.
        int first = _model.Scroll;
        for (int pass = 0; pass < 2; pass++)
        {
            _screen.Fill(column + 1, top + 1, width - 2, rows - 2, Color.Panel);
            _flow.Begin(column + inset, top + 1 + padding, width - (2 * inset), visible, first);
            DrawSubject();
            if (first == 0 || first <= _flow.Lines - visible)
            {
                break;
            }

            first = System.Math.Max(_flow.Lines - visible, 0);
        }

        _model.InfoLines = _flow.Lines;
        Painter.Thumb(_screen, column + width - 1, top + 1, rows - 2, first, System.Math.Min(visible, _flow.Lines), _flow.Lines);
    }

    private void DrawSubject()
    {
        if (_model.InfoVm >= 0 && _model.InfoVm < _machine.VmCount)
        {
            _vmInfo.Draw(_model.InfoVm);
        }
        else
        {
            DrawMachine();
        }
    }

    private void DrawMachine()
    {
        _flow.Heading("HyperCore");
        _flow.Line("Version", _machine.Version);
        _flow.Line("Configuration", _machine.ConfigurationPath);
        for (int i = 0; i < _machine.ProblemCount; i++)
        {
            _flow.Line("", _machine.GetProblem(i), Color.Red);
        }

        var text = new TextBuilder(_scratch);
        HotkeyText.Append(ref text, _machine.MenuHotkey);
        _flow.Line("Key to the menu", text.Text);
        text.Clear();
        HotkeyText.Append(ref text, _machine.NextHotkey);
        _flow.Line("Key to next VM", text.Text);
        text.Clear();
        _machine.WriteBootEntry(ref text);
        if (text.Length > 0)
        {
            _flow.Line("Boot entry", text.Text);
        }

        _flow.Heading("Virtual machines");
        DrawTotals();
        _flow.Heading("This machine");
        text.Clear();
        text.AppendMemorySize(_machine.MemoryFree);
        text.Append(" free of ");
        text.AppendMemorySize(_machine.MemoryTotal);
        _flow.Line("Memory", text.Text);
        for (int i = 0; i < _machine.FactCount; i++)
        {
            text.Clear();
            string label = _machine.WriteFact(i, ref text, out FactLevel level);
            _flow.Line(label, text.Text, Painter.ColorOf(level));
        }

        for (int i = 0; i < _machine.FeatureCount; i++)
        {
            string name = _machine.GetFeature(i, out FactLevel level);
            bool present = level is FactLevel.Good or FactLevel.Careful;
            text.Clear();
            text.Append(present ? "✓ " : level == FactLevel.Bad ? "✗ " : "– ");
            text.Append(name);
            _flow.Line(i == 0 ? "Features" : "", text.Text, level == FactLevel.Neutral ? Color.Dim : Painter.ColorOf(level));
        }
    }

    private void DrawTotals()
    {
        _machine.GetTotals(out MachineTotals totals);
        var text = new TextBuilder(_scratch);
        text.AppendDecimal((long)totals.Running);
        text.Append(" of ");
        text.AppendDecimal((long)_machine.VmCount);
        text.Append(" started, with ");
        text.AppendMemorySize(totals.GuestMemory);
        text.Append(" of memory");
        _flow.Line("VMs", text.Text);
        text.Clear();
        Painter.AppendPercent(ref text, totals.CpuPercent);
        text.Append(" of ");
        text.AppendDecimal((long)totals.Processors);
        text.Append(totals.Processors == 1 ? " pCPU" : " pCPUs");
        _flow.Line("Load", text.Text);
        text.Clear();
        Painter.AppendCount(ref text, totals.ExitRate);
        text.Append(" a second");
        _flow.Line("Exits", text.Text);
    }
}
