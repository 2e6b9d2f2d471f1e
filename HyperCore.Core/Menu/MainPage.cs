using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The page with the list of VMs: what is wrong, if anything, then the list, the chosen VM, the machine and the end of the log.</summary>
internal sealed class MainPage
{
    private const int WideColumns = 110;
    private const int LogMinRows = 5;

    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly VmPanels _vmPanels;
    private readonly MachinePanel _machinePanel;
    private readonly char[] _scratch = new char[400];
    private readonly char[] _obstacle = new char[240];

    public MainPage(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
        _vmPanels = new VmPanels(model, machine, screen);
        _machinePanel = new MachinePanel(machine, screen);
    }

    private bool IsWide => _screen.Columns >= WideColumns;

    private int Gap => IsWide ? 2 : 0;

    private int Left => IsWide ? 2 : 0;

    private int Width => _screen.Columns - (2 * Left);

    public void Draw(int top, int rows)
    {
        int bottom = top + rows;
        top += DrawTrouble(top, rows * 2 / 3);
        if (IsWide)
        {
            DrawWide(top, bottom);
        }
        else
        {
            DrawNarrow(top, bottom);
        }
    }

    private void DrawWide(int top, int bottom)
    {
        int machineWidth = Math.Clamp(Width * 36 / 100, 40, 72);
        int listWidth = Width - machineWidth - Gap;
        int machineRows = _machinePanel.CountRows(machineWidth);
        int padding = Painter.PaddingOf(_screen);
        int listRows = Math.Max(_machine.VmCount, 3) + 3 + (2 * padding);
        int upper = Math.Clamp(Math.Max(listRows + 10 + (2 * padding), machineRows), 4, bottom - top);
        if (bottom - top - upper < LogMinRows)
        {
            upper = bottom - top;
        }

        listRows = Math.Clamp(listRows, 4, Math.Max(upper - 6, 4));
        _vmPanels.DrawList(Left, top, listWidth, listRows);
        _vmPanels.DrawDetails(Left, top + listRows, listWidth, upper - listRows);
        _machinePanel.Draw(Left + listWidth + Gap, top, machineWidth, upper);
        DrawLog(Left, top + upper, Width, bottom - top - upper);
    }

    private void DrawNarrow(int top, int bottom)
    {
        int rows = bottom - top;
        int listRows = Math.Clamp(Math.Max(_machine.VmCount, 2) + 3, 4, Math.Max(rows - 7, 4));
        _vmPanels.DrawList(Left, top, Width, listRows);
        int half = Width / 2;
        int lower = rows - listRows;
        int wanted = Math.Max(_machinePanel.CountRows(Width - half), 10);
        int panels = lower - wanted >= LogMinRows ? wanted : lower;
        _vmPanels.DrawDetails(Left, top + listRows, half, panels);
        _machinePanel.Draw(Left + half, top + listRows, Width - half, panels);
        DrawLog(Left, top + listRows + panels, Width, lower - panels);
    }

    private void DrawLog(int column, int row, int width, int rows)
    {
        if (rows < LogMinRows)
        {
            return;
        }

        Painter.Panel(_screen, column, row, width, rows, "Log");
        int padding = Painter.PaddingOf(_screen);
        int inset = Painter.InsetOf(_screen);
        LineHistory log = _machine.Log;
        int count = Math.Min(rows - 2 - (2 * padding), log.Count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<char> line = log.GetLine(log.Count - count + i, out byte level);
            LogPage.DrawLogLine(_screen, column + inset, row + 1 + padding + i, width - (2 * inset), line, (LogLevel)level);
        }
    }

    /// <summary>What keeps VMs from starting, in a panel that cannot be overlooked.</summary>
    /// <returns>The rows it took.</returns>
    private int DrawTrouble(int top, int maxRows)
    {
        var text = new TextBuilder(_obstacle);
        _machine.WriteObstacle(ref text);
        bool configuration = _machine.Configuration != ConfigurationState.Good;
        if (text.Length == 0 && !configuration)
        {
            return 0;
        }

        int inner = Width - 6;
        int padding = Painter.PaddingOf(_screen);
        int rows = 2 + (2 * padding) + (text.Length > 0 ? Painter.CountLines(text.Text, inner) : 0);
        if (configuration)
        {
            rows += CountConfigurationRows(inner);
        }

        rows = Math.Min(rows, maxRows);
        Painter.Panel(_screen, Left, top, Width, rows, "Virtual machines cannot start", Color.Alarm, Color.Red, Color.Red);
        int row = top + 1 + padding;
        int end = top + rows - 1 - padding;
        if (text.Length > 0)
        {
            row += Painter.Wrapped(_screen, Left + 3, row, inner, end - row, text.Text, Color.Bright);
        }

        if (configuration)
        {
            DrawConfiguration(row, end, inner);
        }

        return rows;
    }

    private int CountConfigurationRows(int width)
    {
        int rows = Painter.CountLines(ConfigurationAdvice(), width);
        for (int i = 0; i < _machine.ProblemCount; i++)
        {
            rows += Painter.CountLines(_machine.GetProblem(i), width);
        }

        return rows;
    }

    private void DrawConfiguration(int row, int end, int width)
    {
        // The advice comes last and always has its place; of too many problems the first ones are shown.
        int adviceRows = Math.Min(Painter.CountLines(ConfigurationAdvice(), width), end - row);
        int problemsEnd = end - adviceRows;
        for (int i = 0; i < _machine.ProblemCount && row < problemsEnd; i++)
        {
            if (row == problemsEnd - 1 && i < _machine.ProblemCount - 1)
            {
                var more = new TextBuilder(_scratch);
                more.Append("and ");
                more.AppendDecimal((long)(_machine.ProblemCount - i));
                more.Append(" more: press l for the log");
                _screen.Write(Left + 3, row++, more.Text, Color.Dim);
                break;
            }

            row += Painter.Wrapped(_screen, Left + 3, row, width, problemsEnd - row, _machine.GetProblem(i), Color.Bright);
        }

        Painter.Wrapped(_screen, Left + 3, row, width, end - row, ConfigurationAdvice(), Color.Text);
    }

    private ReadOnlySpan<char> ConfigurationAdvice()
    {
        var text = new TextBuilder(_scratch);
        if (_machine.Configuration == ConfigurationState.Missing)
        {
            text.Append("There is no configuration file ");
            text.Append(_machine.ConfigurationPath);
            text.Append(' ');
            text.Append(_machine.ConfigurationPlace);
            text.Append(". Put one there, then start the machine again.");
        }
        else if (_machine.Configuration == ConfigurationState.Refused)
        {
            text.Append("Put the signed files back, or sign the new ones with `hypercore image sign`, then start the machine again.");
        }
        else
        {
            text.Append("Correct ");
            text.Append(_machine.ConfigurationPath);
            text.Append(' ');
            text.Append(_machine.ConfigurationPlace);
            text.Append(", then start the machine again. `hypercore check` finds such errors beforehand.");
        }

        return text.Text;
    }
}
