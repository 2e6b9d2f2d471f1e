using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Menu;

/// <summary>The menu without its looks: what is chosen, what is asked, what the keys do. <see cref="MenuView"/> draws it.</summary>
public sealed partial class MenuModel
{
    /// <summary><see cref="InfoVm"/> when the page is about the machine.</summary>
    public const int Machine = -1;

    private const ulong Second = 1_000_000_000;

    private readonly MachineView _machine;
    private readonly MenuActions _actions;
    private readonly VmCommands _commands;
    private readonly char[] _message = new char[240];
    private readonly char[] _scratch = new char[240];
    private int _messageLength;
    private int _pageRows = int.MaxValue;
    private int _countdownVm = -1;
    private ulong _countdownEnd;
    private bool _redraw;
    private bool _isBootEntryArmed;

    /// <summary>Creates the menu, on its main page with the first VM chosen.</summary>
    public MenuModel(MachineView machine, MenuActions actions)
    {
        _machine = machine;
        _actions = actions;
        _commands = new VmCommands(this, machine, actions);
        Log = new LogPager(machine);
    }

    /// <summary>What is shown.</summary>
    public MenuPage Page { get; private set; }

    /// <summary>The VM that is chosen; 0 when there are none.</summary>
    public int Selected { get; private set; }

    /// <summary>What the log page shows.</summary>
    public LogPager Log { get; }

    /// <summary>What the information page is about: a VM, or <see cref="Machine"/>.</summary>
    public int InfoVm { get; private set; } = Machine;

    /// <summary>Lines the information is scrolled down from its start.</summary>
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

    /// <summary>Says that the menu is on the screen (again): the main page, without an old message, and the VM chosen that was in the foreground.</summary>
    public void Show()
    {
        Turn(MenuPage.Main);
        AsksPowerOff = false;
        _messageLength = 0;
        _redraw = true;
        _isBootEntryArmed = false;
        _commands.Disarm();
        for (int i = 0; i < _machine.VmCount; i++)
        {
            _machine.GetVmStatus(i, out VmStatus status);
            Selected = status.IsForeground ? i : Selected;
        }

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

    /// <summary>To be called several times a second: ends the countdown when its time has come, and tells what came of what was begun.</summary>
    public void Tick(ulong now)
    {
        _commands.Tick();
        if (_countdownVm >= 0 && now >= _countdownEnd)
        {
            int vm = _countdownVm;
            _countdownVm = -1;
            Select(vm);
            _commands.Open(vm);
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

        if (key is not (MenuKey.S or MenuKey.R))
        {
            _commands.Disarm();
        }

        bool isSecond = _isBootEntryArmed && key == MenuKey.E;
        _isBootEntryArmed = false;
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
            HandleMain(key, isSecond);
        }
        else
        {
            HandleText(key);
        }
    }

    /// <summary>A view tells how many lines its pages of text have; the smallest decides how far they scroll.</summary>
    internal void NotePageRows(int rows)
    {
        _pageRows = Math.Max(Math.Min(_pageRows, rows), 1);
        Log.NoteRows(_pageRows);
    }

    /// <summary>VMs can start on this machine.</summary>
    /// <param name="report">When they cannot, the message line says why.</param>
    internal bool CanStart(bool report)
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
            Report(MessageKind.Error, _machine.Configuration switch
            {
                ConfigurationState.Missing => "There is no configuration file: see above.",
                ConfigurationState.Refused => "The configuration is not the one that was signed: see above.",
                _ => "Virtual machines cannot start until the configuration is corrected: see above.",
            });
        }

        return false;
    }

    private void HandleMain(MenuKey key, bool isSecond)
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
                OpenLog();
                break;
            case MenuKey.I:
                OpenInfo();
                break;
            case MenuKey.E:
                ChangeBootEntry(isSecond);
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

    // What changes the machine itself has to be meant: the first press says what the second one does.
    private void ChangeBootEntry(bool isSecond)
    {
        var words = new TextBuilder(_scratch);
        if (isSecond)
        {
            TellMachine(_actions.ChangeBootEntry(ref words), words.Text, "The boot menu was changed.", "The boot menu could not be changed.");
            return;
        }

        _isBootEntryArmed = _actions.DescribeBootEntryChange(ref words);
        if (_isBootEntryArmed)
        {
            Report(MessageKind.Question, words.Text);
        }
        else
        {
            TellMachine(false, words.Text, "", "The firmware's boot menu cannot be changed from here.");
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
            _commands.Open(Selected);
        }
        else
        {
            _commands.Control(Selected, key);
        }
    }

    private void TellMachine(bool done, ReadOnlySpan<char> words, string whenDone, string whenNot) =>
        Report(done ? MessageKind.Information : MessageKind.Error, words.Length > 0 ? words : (done ? whenDone : whenNot).AsSpan());

    private void Answer(MenuKey key)
    {
        switch (key)
        {
            case MenuKey.Left or MenuKey.Right or MenuKey.Up or MenuKey.Down or MenuKey.Tab:
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

    private void SelectNumber(int vm)
    {
        if (vm >= _machine.VmCount)
        {
            Report(MessageKind.Error, "There is no virtual machine of that number.");
        }
        else if (Page == MenuPage.Main)
        {
            Select(vm);
        }
        else
        {
            ShowSubject(vm);
        }
    }

    private void ClampSelection() => Selected = Math.Clamp(Selected, 0, Math.Max(_machine.VmCount - 1, 0));
}
