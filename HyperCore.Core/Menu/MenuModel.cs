using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The menu without its looks: what is chosen, what is asked, what the keys do. <see cref="MenuView"/> draws it.</summary>
public sealed class MenuModel
{
    private const int PageStep = 10;
    private const ulong Second = 1_000_000_000;

    private readonly MachineView _machine;
    private readonly MenuActions _actions;
    private readonly char[] _message = new char[240];
    private readonly char[] _scratch = new char[240];
    private int _messageLength;
    private int _pageRows = int.MaxValue;
    private int _countdownVm = -1;
    private ulong _countdownEnd;
    private bool _redraw;

    /// <summary>Creates the menu, on its main page with the first VM chosen.</summary>
    public MenuModel(MachineView machine, MenuActions actions)
    {
        _machine = machine;
        _actions = actions;
    }

    /// <summary>What is shown.</summary>
    public MenuPage Page { get; private set; }

    /// <summary>The VM that is chosen; 0 when there are none.</summary>
    public int Selected { get; private set; }

    /// <summary>Lines the log is scrolled up from its end, or the information down from its start.</summary>
    public int Scroll { get; private set; }

    /// <summary>It is asked whether to turn the machine off.</summary>
    public bool AsksPowerOff { get; private set; }

    /// <summary>In that question the answer yes is chosen.</summary>
    public bool YesIsChosen { get; private set; }

    /// <summary>The last result or error; empty when there is none.</summary>
    public ReadOnlySpan<char> Message => _message.AsSpan(0, _messageLength);

    /// <summary>How <see cref="Message"/> is to be taken.</summary>
    public MessageKind MessageKind { get; private set; }

    /// <summary>The VM that will be started; -1 when no countdown runs.</summary>
    public int CountdownVm => _countdownVm;

    /// <summary>Lines the information page has; the view tells it when it draws.</summary>
    internal int InfoLines { get; set; }

    /// <summary>Says that the menu is on the screen (again): the main page, without an old message.</summary>
    public void Show()
    {
        Page = MenuPage.Main;
        Scroll = 0;
        AsksPowerOff = false;
        _messageLength = 0;
        _redraw = true;
        ClampSelection();
    }

    /// <summary>Chooses a VM.</summary>
    public void Select(int vm)
    {
        Selected = vm;
        ClampSelection();
    }

    /// <summary>Shows a message.</summary>
    public void Report(MessageKind kind, ReadOnlySpan<char> message)
    {
        int length = Math.Min(message.Length, _message.Length);
        message.Slice(0, length).CopyTo(_message);
        _messageLength = length;
        MessageKind = kind;
    }

    /// <summary>Starts the countdown to a VM. Any key stops it. Does nothing when VMs cannot start.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="seconds">How long to wait; with 0 the next <see cref="Tick"/> starts it.</param>
    /// <param name="now">The time, nanoseconds.</param>
    public void StartCountdown(int vm, uint seconds, ulong now)
    {
        if ((uint)vm < (uint)_machine.VmCount && CanStart(report: false))
        {
            Select(vm);
            _countdownVm = vm;
            _countdownEnd = now + (seconds * Second);
        }
    }

    /// <summary>Whole seconds until the countdown ends, rounded up.</summary>
    public ulong GetRemainingSeconds(ulong now) => _countdownVm < 0 || now >= _countdownEnd ? 0 : (_countdownEnd - now + Second - 1) / Second;

    /// <summary>To be called several times a second: ends the countdown when its time has come.</summary>
    public void Tick(ulong now)
    {
        if (_countdownVm >= 0 && now >= _countdownEnd)
        {
            int vm = _countdownVm;
            _countdownVm = -1;
            Select(vm);
            Open();
        }
    }

    /// <summary>F5 was pressed or the menu was shown since the last call: the display is to be drawn anew, margins and all.</summary>
    public bool TakeRedraw()
    {
        bool redraw = _redraw;
        _redraw = false;
        return redraw;
    }

    /// <summary>Does what a key says.</summary>
    public void Handle(MenuKey key)
    {
        if (key == MenuKey.None)
        {
            return;
        }

        _messageLength = 0;
        if (_countdownVm >= 0)
        {
            _countdownVm = -1;
            Report(MessageKind.Information, "Automatic start is off. Choose a virtual machine and press Enter.");
        }

        if (key == MenuKey.Refresh)
        {
            _redraw = true;
        }
        else if (AsksPowerOff)
        {
            Answer(key);
        }
        else if (Page == MenuPage.Main)
        {
            HandleMain(key);
        }
        else
        {
            HandleText(key);
        }
    }

    /// <summary>Notes how many lines of text a view can show, so that scrolling ends where the smallest of them does.</summary>
    internal void NotePageRows(int rows) => _pageRows = Math.Min(_pageRows, rows);

    private void HandleMain(MenuKey key)
    {
        switch (key)
        {
            case MenuKey.Up:
                Select(Selected - 1);
                break;
            case MenuKey.Down:
                Select(Selected + 1);
                break;
            case MenuKey.Home or MenuKey.PageUp:
                Select(0);
                break;
            case MenuKey.End or MenuKey.PageDown:
                Select(_machine.VmCount - 1);
                break;
            case >= MenuKey.Digit1 and <= MenuKey.Digit9:
                SelectNumber(key - MenuKey.Digit1);
                break;
            case MenuKey.L:
                Turn(MenuPage.Log);
                break;
            case MenuKey.I:
                Turn(MenuPage.Info);
                break;
            case MenuKey.Q:
                AsksPowerOff = true;
                YesIsChosen = false;
                break;
            case MenuKey.B:
                var why = new TextBuilder(_scratch);
                TellMachine(_actions.BackToFirmware(ref why), why.Text, "Going back to the firmware.", "Going back to the firmware is not possible.");
                break;
            case MenuKey.Enter or MenuKey.S or MenuKey.P or MenuKey.R:
                HandleVm(key);
                break;
        }
    }

    private void HandleVm(MenuKey key)
    {
        if (_machine.VmCount == 0)
        {
            if (CanStart(report: true))
            {
                Report(MessageKind.Error, "No virtual machine is configured.");
            }
        }
        else if (key == MenuKey.Enter)
        {
            Open();
        }
        else
        {
            Control(key);
        }
    }

    private void Open()
    {
        var message = new TextBuilder(_scratch);
        _machine.GetVmStatus(Selected, out VmStatus status);
        if (status.State is VmState.Stopped or VmState.Failed)
        {
            if (CanStart(report: true))
            {
                Tell(_actions.Start(Selected, ref message), message.Text, "", "It could not be started.");
            }

            return;
        }

        if (status.State == VmState.Paused && !_actions.Resume(Selected, ref message))
        {
            Tell(false, message.Text, "", "It could not be resumed.");
            return;
        }

        message.Clear();
        Tell(_actions.BringToForeground(Selected, ref message), message.Text, "", "It could not be brought to the foreground.");
    }

    private void Control(MenuKey key)
    {
        var message = new TextBuilder(_scratch);
        _machine.GetVmStatus(Selected, out VmStatus status);
        if (status.State is VmState.Stopped or VmState.Failed)
        {
            Tell(false, default, "", "It is not running.");
        }
        else if (key == MenuKey.S)
        {
            Tell(_actions.Stop(Selected, ref message), message.Text, "Stopped.", "It could not be stopped.");
        }
        else if (key == MenuKey.R)
        {
            Tell(_actions.Reset(Selected, ref message), message.Text, "Reset.", "It could not be reset.");
        }
        else if (status.State == VmState.Paused)
        {
            Tell(_actions.Resume(Selected, ref message), message.Text, "Running again.", "It could not be resumed.");
        }
        else
        {
            Tell(_actions.Pause(Selected, ref message), message.Text, "Paused.", "It could not be paused.");
        }
    }

    /// <summary>Shows the result of an action on the chosen VM: the action's own words, or these after the VM's title.</summary>
    private void Tell(bool done, ReadOnlySpan<char> words, string whenDone, string whenNot)
    {
        string own = done ? whenDone : whenNot;
        if (words.Length > 0 || own.Length == 0)
        {
            TellMachine(done, words, own, own);
            return;
        }

        var message = new TextBuilder(_message);
        message.Append(_machine.GetVmTitle(Selected));
        message.Append(": ");
        message.Append(own);
        _messageLength = message.Length;
        MessageKind = done ? MessageKind.Information : MessageKind.Error;
    }

    private void TellMachine(bool done, ReadOnlySpan<char> words, string whenDone, string whenNot) =>
        Report(done ? MessageKind.Information : MessageKind.Error, words.Length > 0 ? words : (done ? whenDone : whenNot).AsSpan());

    private bool CanStart(bool report)
    {
        var obstacle = new TextBuilder(_scratch);
        _machine.WriteObstacle(ref obstacle);
        if (obstacle.Length > 0)
        {
            if (report)
            {
                Report(MessageKind.Error, obstacle.Text);
            }

            return false;
        }

        if (_machine.Configuration == ConfigurationState.Good)
        {
            return true;
        }

        if (report)
        {
            Report(MessageKind.Error, _machine.Configuration == ConfigurationState.Missing
                ? "There is no configuration file: see above."
                : "Virtual machines cannot start until the configuration is corrected: see above.");
        }

        return false;
    }

    private void HandleText(MenuKey key)
    {
        int towardsStart = Page == MenuPage.Log ? 1 : -1;
        switch (key)
        {
            case MenuKey.Escape or MenuKey.Enter or MenuKey.Q:
                Turn(MenuPage.Main);
                break;
            case MenuKey.L:
                Turn(Page == MenuPage.Log ? MenuPage.Main : MenuPage.Log);
                break;
            case MenuKey.I:
                Turn(Page == MenuPage.Info ? MenuPage.Main : MenuPage.Info);
                break;
            case MenuKey.Up:
                ScrollBy(towardsStart);
                break;
            case MenuKey.Down:
                ScrollBy(-towardsStart);
                break;
            case MenuKey.PageUp:
                ScrollBy(towardsStart * PageStep);
                break;
            case MenuKey.PageDown or MenuKey.Space:
                ScrollBy(-towardsStart * PageStep);
                break;
            case MenuKey.Home:
                ScrollBy(towardsStart * 100_000);
                break;
            case MenuKey.End:
                ScrollBy(-towardsStart * 100_000);
                break;
        }
    }

    private void Answer(MenuKey key)
    {
        switch (key)
        {
            case MenuKey.Left or MenuKey.Right or MenuKey.Up or MenuKey.Down:
                YesIsChosen = !YesIsChosen;
                return;
            case MenuKey.Y or MenuKey.Z:
                YesIsChosen = true;
                break;
            case MenuKey.Enter:
                break;
            case MenuKey.N or MenuKey.Escape or MenuKey.Q:
                YesIsChosen = false;
                break;
            default:
                return;
        }

        AsksPowerOff = false;
        if (YesIsChosen)
        {
            var message = new TextBuilder(_scratch);
            TellMachine(_actions.PowerOffMachine(ref message), message.Text, "Turning off.", "The machine could not be turned off.");
        }
    }

    private void Turn(MenuPage page)
    {
        Page = page;
        Scroll = 0;
    }

    private void ScrollBy(int lines)
    {
        int count = Page == MenuPage.Log ? _machine.LogCount : InfoLines;
        Scroll = Math.Clamp(Scroll + lines, 0, Math.Max(count - Math.Min(_pageRows, count), 0));
    }

    private void SelectNumber(int vm)
    {
        if (vm < _machine.VmCount)
        {
            Select(vm);
        }
        else
        {
            Report(MessageKind.Error, "There is no virtual machine of that number.");
        }
    }

    private void ClampSelection() => Selected = Math.Clamp(Selected, 0, Math.Max(_machine.VmCount - 1, 0));
}
