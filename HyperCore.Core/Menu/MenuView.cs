using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>
/// Draws the menu on a screen of any size from 80x20. One model can have several views: the display's and the serial line's.
/// </summary>
public sealed class MenuView
{
    private readonly MenuModel _model;
    private readonly MachineView _machine;
    private readonly TextScreen _screen;
    private readonly MainPage _mainPage;
    private readonly LogPage _logPage;
    private readonly InfoPage _infoPage;
    private readonly char[] _scratch = new char[240];

    /// <summary>Creates a view that draws on a screen.</summary>
    public MenuView(MenuModel model, MachineView machine, TextScreen screen)
    {
        _model = model;
        _machine = machine;
        _screen = screen;
        _mainPage = new MainPage(model, machine, screen);
        _logPage = new LogPage(model, machine, screen);
        _infoPage = new InfoPage(model, machine, screen);
        HeaderRows = screen.Rows >= 34 ? 3 : 1;
        model.NotePageRows(BodyRows - 2);
    }

    private int HeaderRows { get; }

    private int FooterRow => _screen.Rows - 1;

    private int MessageRow => _screen.Rows - (_screen.Rows >= 30 ? 3 : 2);

    private int BodyTop => HeaderRows + (_screen.Rows >= 30 ? 1 : 0);

    private int Left => _screen.Columns >= 110 ? 2 : 0;

    private int BodyRows => MessageRow - BodyTop - (_screen.Rows >= 30 ? 1 : 0);

    /// <summary>Draws everything; a renderer sends only what changed.</summary>
    public void Draw()
    {
        _screen.Clear(Color.Background);
        DrawHeader();
        if (_model.Page == MenuPage.Main)
        {
            _mainPage.Draw(BodyTop, BodyRows);
        }
        else if (_model.Page == MenuPage.Log)
        {
            _logPage.Draw(Left, BodyTop, _screen.Columns - (2 * Left), BodyRows);
        }
        else
        {
            _infoPage.Draw(Left, BodyTop, _screen.Columns - (2 * Left), BodyRows);
        }

        DrawMessage();
        DrawFooter();
        if (_model.AsksPowerOff)
        {
            DrawQuestion();
        }
    }

    private void DrawHeader()
    {
        int row = HeaderRows / 2;
        _screen.Fill(0, 0, _screen.Columns, HeaderRows, Color.Header);
        int column = _screen.Write(2, row, "◆ ", Color.Accent);
        column = _screen.Write(column, row, "HyperCore", Color.HeaderText);
        _screen.Write(column + 1, row, _machine.Version, Color.HeaderDim);

        var text = new TextBuilder(_scratch);
        text.Append("up ");
        Painter.AppendDuration(ref text, _machine.Now);
        int right = _screen.WriteRight(_screen.Columns - 2, row, text.Text, Color.HeaderDim);
        if (_machine.TryGetTimeOfDay(out int hour, out int minute))
        {
            text.Clear();
            text.AppendDecimal((ulong)hour, 2, '0');
            text.Append(':');
            text.AppendDecimal((ulong)minute, 2, '0');
            _screen.WriteRight(right - 3, row, text.Text, Color.HeaderText);
        }
    }

    private void DrawMessage()
    {
        int row = MessageRow;
        if (_model.CountdownVm >= 0)
        {
            var text = new TextBuilder(_scratch);
            _machine.GetVmStatus(_model.CountdownVm, out VmStatus status);
            text.Append(status.IsAlive ? "Opening " : "Starting ");
            text.Append(_machine.GetVmTitle(_model.CountdownVm));
            text.Append(" in ");
            text.AppendDecimal(_model.GetRemainingSeconds(_machine.Now));
            text.Append(" s. Press any key to stay here.");
            _screen.Write(2, row, "▶", Color.Cyan);
            _screen.Write(4, row, text.Text, Color.Bright, _screen.Columns - 6);
        }
        else if (_model.Message.Length > 0)
        {
            (string sign, Color color) = _model.MessageKind switch
            {
                MessageKind.Error => ("✗", Color.Red),
                MessageKind.Question => ("▶", Color.Amber),
                _ => ("✓", Color.Green),
            };
            _screen.Write(2, row, sign, color);
            _screen.Write(4, row, _model.Message, _model.MessageKind == MessageKind.Information ? Color.Bright : color, _screen.Columns - 6);
        }
        else
        {
            DrawHotkeys(row);
        }
    }

    /// <summary>While there is no message: the keys that work from anywhere, as they are configured.</summary>
    private void DrawHotkeys(int row)
    {
        bool roomy = _screen.Columns >= 110;
        int column = roomy ? 2 : 1;
        column = DrawHotkey(column, row, _machine.MenuHotkey, roomy ? "This menu" : "Menu");
        column = DrawHotkey(column, row, _machine.NextHotkey, "Next VM");
        column = DrawHotkey(column, row, "Ctrl+]", roomy ? "This menu, on the serial line" : "Menu over serial");
        if (roomy && column + 28 < _screen.Columns)
        {
            _screen.WriteRight(_screen.Columns - 2, row, "work from inside every VM", Color.Dim);
        }
    }

    private int DrawHotkey(int column, int row, Hotkey hotkey, string label)
    {
        var text = new TextBuilder(_scratch);
        HotkeyText.Append(ref text, hotkey);
        return text.Length == 0 ? column : DrawHotkey(column, row, text.Text, label);
    }

    private int DrawHotkey(int column, int row, System.ReadOnlySpan<char> keys, string label)
    {
        _screen.Fill(column, row, keys.Length + 2, 1, Color.KeyCap);
        _screen.Write(column + 1, row, keys, Color.KeyCapText);
        return _screen.Write(column + keys.Length + 3, row, label, Color.Dim) + (_screen.Columns >= 90 ? 4 : 2);
    }

    private void DrawFooter()
    {
        int row = FooterRow;
        _screen.Fill(0, row, _screen.Columns, 1, Color.Footer);
        if (_model.Page != MenuPage.Main)
        {
            DrawTextFooter(row);
            return;
        }

        VmState state = VmState.Stopped;
        if (_machine.VmCount > 0)
        {
            _machine.GetVmStatus(_model.Selected, out VmStatus status);
            state = status.State;
        }

        bool some = _machine.VmCount > 0;
        bool live = state is VmState.Starting or VmState.Running or VmState.Paused;
        bool roomy = _screen.Columns >= 120;
        int gap = _screen.Columns >= 150 ? 4 : _screen.Columns >= 90 ? 2 : 1;
        int x = roomy ? 2 : 1;
        x = _screen.Columns >= 90 ? Painter.Key(_screen, x, row, "↑↓", roomy ? "Choose" : "", some) + gap : x;
        x = Painter.Key(_screen, x, row, "Enter", live ? "Open" : "Start", some);
        x = Painter.Key(_screen, x + gap, row, "s", "Stop", live);
        x = Painter.Key(_screen, x + gap, row, "p", state == VmState.Paused ? (roomy ? "Resume" : "Cont.") : "Pause", live);
        x = Painter.Key(_screen, x + gap, row, "r", "Reset", live);
        x = Painter.Key(_screen, x + gap, row, "l", "Log");
        x = Painter.Key(_screen, x + gap, row, "i", "Info");
        x = roomy ? Painter.Key(_screen, x + gap, row, "F5", "Refresh") : x;
        x = _screen.Columns >= 130 ? Painter.Key(_screen, x + gap, row, "e", "Boot entry") : x;
        x = Painter.Key(_screen, x + gap, row, "b", roomy ? "Boot menu" : "Boot");
        Painter.Key(_screen, x + gap, row, "q", roomy ? "Power off" : "Off");
    }

    private void DrawTextFooter(int row)
    {
        bool roomy = _screen.Columns >= 110;
        bool isLog = _model.Page == MenuPage.Log;
        int gap = roomy ? 3 : 1;
        int x = Painter.Key(_screen, roomy ? 2 : 1, row, roomy ? "↑↓ PgUp PgDn Home End" : "↑↓ PgUp PgDn", "Scroll");
        x = Painter.Key(_screen, x + gap, row, "←→", roomy ? "Another VM" : "Next");
        x = Painter.Key(_screen, x + gap, row, "Tab", roomy ? (isLog ? "HyperCore or VM" : "Machine or VM") : "HyperCore");
        x = isLog ? Painter.Key(_screen, x + gap, row, "i", "Info") : Painter.Key(_screen, x + gap, row, "l", "Log");
        if (!isLog && _model.InfoVm != MenuModel.Machine)
        {
            x = roomy ? Painter.Key(_screen, x + gap, row, "s p r", "Stop, pause, reset") : x;
        }

        Painter.Key(_screen, x + gap, row, "Esc", "Back");
    }

    private void DrawQuestion()
    {
        int running = 0;
        for (int i = 0; i < _machine.VmCount; i++)
        {
            _machine.GetVmStatus(i, out VmStatus status);
            running += status.State is VmState.Starting or VmState.Running or VmState.Paused ? 1 : 0;
        }

        const int Width = 58;
        const int Height = 8;
        int column = (_screen.Columns - Width) / 2;
        int row = (_screen.Rows - Height) / 2;
        Painter.Panel(_screen, column, row, Width, Height, "Power off", Color.Dialog, Color.Accent, Color.Bright);
        _screen.Write(column + 4, row + 2, "Turn this machine off?", Color.Bright);
        var text = new TextBuilder(_scratch);
        if (running == 0)
        {
            text.Append("No virtual machine is running.");
        }
        else
        {
            text.AppendDecimal((long)running);
            text.Append(running == 1 ? " virtual machine is running and will be lost." : " virtual machines are running and will be lost.");
        }

        _screen.Write(column + 4, row + 3, text.Text, running == 0 ? Color.Dim : Color.Amber, Width - 6);
        DrawButton(column + 13, row + 5, " n   Stay ", !_model.YesIsChosen);
        DrawButton(column + 31, row + 5, " y   Power off ", _model.YesIsChosen);
    }

    private void DrawButton(int column, int row, string label, bool chosen)
    {
        _screen.Fill(column, row, label.Length, 1, chosen ? Color.Selection : Color.Button);
        _screen.Write(column, row, label, chosen ? Color.SelectionText : Color.Text);
    }
}
