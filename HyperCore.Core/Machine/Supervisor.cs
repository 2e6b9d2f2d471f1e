using System;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// The main loop of a pCPU: takes input to its owner, lets timers fire, draws the menu, and in between runs the VM whose turn it is.
/// </summary>
public sealed unsafe class Supervisor
{
    private const ulong MenuPeriod = 250_000_000;
    private const ulong PartialLineDelay = 200_000_000;
    private const int LinesAtOnce = 8;

    // At 115200 baud a line of a guest takes up to 20 ms, in which nothing else happens. So writing stops after a while, and then rests for
    // three times as long as it took, unless no VM has anything to do.
    private const ulong OutputSlice = 2_000_000;
    private const ulong OutputRest = 3;

    private readonly PcpuServices _pcpu;
    private readonly Clock _clock;
    private readonly VirtualMachines _machines;
    private readonly KvmSwitch _switch;
    private readonly VmTurns _scheduler;
    private readonly InputRouter _input;
    private readonly DisplayRefresh _displays;
    private readonly MenuModel _menu;
    private readonly MenuScreens _screens;
    private readonly MachineOverview _overview;
    private readonly AnsiMirror _mirror;
    private readonly HyperCoreConfig _config;
    private readonly char[] _line = new char[GuestConsole.MaxLine + 40];
    private VirtualMachine? _loaded;
    private uint _loadedPowerOns;
    private int _firstConsole;
    private ulong _outputDue;
    private VirtualMachine? _current;
    private ulong _sliceEnd;
    private ulong _menuDue;
    private ulong _armed = VirtualTimer.Never;

    /// <summary>Puts the menu, the switch and the VMs together.</summary>
    /// <param name="host">The hardware.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="overview">What the menu shows.</param>
    /// <param name="machines">The VMs.</param>
    /// <param name="mirror">The terminal on the serial line.</param>
    /// <param name="screen">The display; null without one.</param>
    /// <param name="log">The log.</param>
    /// <param name="hostScreen">The same display, as VMs are given it; null without one.</param>
    public Supervisor(
        HostServices host,
        HyperCoreConfig config,
        MachineOverview overview,
        VirtualMachine[] machines,
        AnsiMirror mirror,
        Framebuffer? screen,
        Log log,
        HostFramebuffer? hostScreen = null)
    {
        _pcpu = host.Pcpu(0);
        _clock = _pcpu.Clock;
        _overview = overview;
        _mirror = mirror;
        _config = config;
        var actions = new VmActions(host, log);
        _menu = new MenuModel(overview, actions);
        _screens = new MenuScreens(_menu, overview, mirror, screen, hostScreen);
        _displays = new DisplayRefresh(hostScreen, _clock);
        _switch = new KvmSwitch(log, _screens);
        _machines = new VirtualMachines(machines, log, _switch);
        actions.Connect(_machines, _switch);
        overview.Connect(_machines, _switch);
        _scheduler = new VmTurns(_machines);
        _input = new InputRouter(host, _switch, _menu, _machines, config.MenuHotkey, config.NextHotkey);
    }

    /// <summary>Shows the menu, starts what starts by itself, and begins the countdown to the default VM.</summary>
    public void Start()
    {
        _switch.ShowMenu();
        for (int i = 0; i < _machines.Count; i++)
        {
            if (_machines[i].Config.AutoStart)
            {
                _machines.Start(_machines[i]);
            }
        }

        if (_config.TimeoutSeconds != HyperCoreConfig.NoTimeout && _machines.Count > 0)
        {
            _menu.StartCountdown(_config.DefaultIndex, (uint)_config.TimeoutSeconds, _clock.Now);
        }
    }

    /// <summary>Runs until the machine is switched off.</summary>
    public void Run()
    {
        while (true)
        {
            RunOnce();
        }
    }

    /// <summary>One turn: everything that waits is looked at, then a VM runs, or the processor sleeps, until something happens.</summary>
    public void RunOnce()
    {
        // Cleared before the sources are looked at, so that nothing that comes in meanwhile is missed. It may have been the timer, which
        // fires once, and perhaps a little early.
        if (*_pcpu.Attention != 0)
        {
            *_pcpu.Attention = 0;
            _armed = VirtualTimer.Never;
        }

        ulong now = _clock.Now;
        bool menuChanged = _input.Deliver();
        bool outputWaits = WriteGuestOutput(now, out ulong outputDue);
        ulong nextTimer = FireTimers(now);
        UpdateMenu(now, menuChanged);
        ulong displaysDue = _displays.Run(_machines, _switch.Foreground, now);
        VirtualMachine? vm = PickVm(now);
        ulong deadline = Math.Min(Math.Min(nextTimer, outputDue), Math.Min(_input.NextDeadline, displaysDue));
        if (_screens.IsOpen)
        {
            deadline = Math.Min(deadline, _menuDue);
        }

        if (vm == null)
        {
            if (outputWaits || now < _outputDue)
            {
                _pcpu.TakeInterrupts();
            }
            else
            {
                Arm(deadline);
                _pcpu.WaitForInterrupt();
            }

            return;
        }

        Arm(Math.Min(deadline, _sliceEnd));
        RunVm(vm);
    }

    private void RunVm(VirtualMachine vm)
    {
        if (_loaded != vm || _loadedPowerOns != vm.PowerOns)
        {
            // What a VM left in the processor before its reset is not saved over what the reset made of it.
            if (_loaded is { IsAlive: true } && _loadedPowerOns == _loaded.PowerOns)
            {
                _loaded.Vcpu.Processor.SaveExtendedState();
            }

            vm.Vcpu.Processor.Attach(_pcpu.Index);
            vm.Vcpu.Processor.LoadExtendedState();
            _loaded = vm;
            _loadedPowerOns = vm.PowerOns;
        }

        ulong before = _clock.Now;
        ExitOutcome outcome = vm.Vcpu.Run();
        vm.AddProcessorTime(_clock.Now - before);
        _pcpu.TakeInterrupts();
        if (outcome == ExitOutcome.Stop)
        {
            _loaded = null;
            _current = null;
            _machines.OnEnded(vm);
        }
        else if (outcome == ExitOutcome.Halt)
        {
            _current = null;
            if (vm.Vcpu.HaltedForGood)
            {
                vm.StopReason.Set(StopKind.Crashed, "halted with interrupts off: nothing can wake it");
                _loaded = null;
                _machines.OnEnded(vm);
            }
        }
    }

    private VirtualMachine? PickVm(ulong now)
    {
        if (_current is { IsRunnable: true } && now < _sliceEnd)
        {
            return _current;
        }

        _current = _scheduler.Next(_switch.Foreground, out ulong slice);
        _sliceEnd = now + slice;
        return _current;
    }

    private ulong FireTimers(ulong now)
    {
        ulong next = VirtualTimer.Never;
        for (int i = 0; i < _machines.Count; i++)
        {
            VirtualMachine vm = _machines[i];
            if (vm.State == VmState.Running)
            {
                vm.Platform.Timers.FireDue(now);
                next = Math.Min(next, vm.Platform.Timers.NextDeadline);
            }
        }

        return next;
    }

    private void UpdateMenu(ulong now, bool changed)
    {
        if (!_screens.IsOpen || (!changed && now < _menuDue))
        {
            return;
        }

        _overview.SampleProcessorUse(now);
        _menu.Tick(now);
        _screens.Draw();
        _menuDue = now + MenuPeriod;
    }

    private bool WriteGuestOutput(ulong now, out ulong nextDue)
    {
        nextDue = VirtualTimer.Never;
        if (now < _outputDue && _current != null)
        {
            nextDue = _outputDue;
            return false;
        }

        _outputDue = now;
        bool more = false;
        bool written = false;
        int count = _machines.Count;
        for (int i = 0; i < count; i++)
        {
            VirtualMachine vm = _machines[(_firstConsole + i) % count];
            if (vm.Console.HasInput)
            {
                written = true;
                more |= WriteLines(vm, now + OutputSlice);
                vm.Console.PartialLineDue = vm.Console.HasPartialLine ? now + PartialLineDelay : VirtualTimer.Never;
            }
            else if (now >= vm.Console.PartialLineDue)
            {
                // A prompt has no line end: it is shown when nothing has followed it for a while.
                vm.Console.PartialLineDue = VirtualTimer.Never;
                WriteGuestLine(vm, vm.Console.TakePartialLine());
            }

            nextDue = Math.Min(nextDue, vm.Console.PartialLineDue);
        }

        if (written)
        {
            // Another one is first the next time.
            _firstConsole = (_firstConsole + 1) % count;
            ulong end = _clock.Now;
            _outputDue = end + ((end - now) * OutputRest);
            nextDue = more ? Math.Min(nextDue, _outputDue) : nextDue;
        }

        return more;
    }

    private bool WriteLines(VirtualMachine vm, ulong until)
    {
        int written = 0;
        while (written < LinesAtOnce && _clock.Now < until)
        {
            if (!vm.Console.TryTakeLine(out ReadOnlySpan<char> line))
            {
                return false;
            }

            WriteGuestLine(vm, line);
            written++;
        }

        return true;
    }

    private void WriteGuestLine(VirtualMachine vm, ReadOnlySpan<char> line)
    {
        var text = new TextBuilder(_line);
        text.Append(vm.Config.Name);
        text.Append("| ");
        text.Append(line);
        _mirror.WriteLine(text.Text);
    }

    private void Arm(ulong deadline)
    {
        if (deadline != _armed)
        {
            _armed = deadline;
            _pcpu.ArmTimer(deadline);
        }
    }
}
