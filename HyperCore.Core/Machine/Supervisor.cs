using System;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// What the console processor, pCPU 0, does beside running vCPUs: it takes input to its owner, writes what guests sent, draws the menu, and starts
/// and ends VMs. The other pCPUs run a <see cref="PcpuLoop"/> and nothing else.
/// </summary>
public sealed class Supervisor
{
    private const ulong MenuPeriod = 250_000_000;

    private readonly HostServices _host;
    private readonly Clock _clock;
    private readonly VirtualMachine[] _vms;
    private readonly VirtualMachines _machines;
    private readonly Dispatcher _dispatcher;
    private readonly PcpuLoop _loop;
    private readonly KvmSwitch _switch;
    private readonly InputRouter _input;
    private readonly DisplayRefresh _displays;
    private readonly GuestOutput _output;
    private readonly SettingsSaver _settings;
    private readonly MenuModel _menu;
    private readonly MenuScreens _screens;
    private readonly MachineOverview _overview;
    private readonly HyperCoreConfig _config;
    private readonly MachineNetwork? _network;
    private ulong _menuDue;

    /// <summary>Puts the menu, the switch and the VMs together.</summary>
    /// <param name="host">The hardware.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="overview">What the menu shows.</param>
    /// <param name="machines">The VMs.</param>
    /// <param name="vmHost">What the machine offers to them.</param>
    /// <param name="mirror">The terminal on the serial line.</param>
    /// <param name="screen">The display; null without one.</param>
    /// <param name="log">The log.</param>
    /// <param name="hostScreen">The same display, as VMs are given it; null without one.</param>
    public Supervisor(
        HostServices host,
        HyperCoreConfig config,
        MachineOverview overview,
        VirtualMachine[] machines,
        VirtualMachineHost vmHost,
        AnsiMirror mirror,
        Framebuffer? screen,
        Log log,
        HostFramebuffer? hostScreen = null)
    {
        _host = host;
        _clock = host.Clock;
        _overview = overview;
        _config = config;
        _vms = machines;
        _dispatcher = vmHost.Dispatcher;
        _loop = CreateLoop(host.Pcpu(0));
        _dispatcher.ConsoleLoop = _loop;
        var actions = new VmActions(host, log);
        _menu = new MenuModel(overview, actions);
        _screens = new MenuScreens(_menu, overview, mirror, screen, hostScreen);
        _displays = new DisplayRefresh(hostScreen, _clock);
        _switch = new KvmSwitch(log, _screens, _dispatcher);
        _output = new GuestOutput(machines, _clock, mirror, Breathe);
        _settings = new SettingsSaver(machines, _clock, log);
        _machines = new VirtualMachines(machines, log, _switch, _output);
        actions.Connect(_machines, _switch, overview.BootEntries);
        overview.Connect(_machines, _switch, config.MenuHotkey, config.NextHotkey);
        _input = new InputRouter(host, _switch, _menu, _machines, config.MenuHotkey, config.NextHotkey);
        vmHost.Breather = Breathe;
        _network = vmHost.Network;
        _network?.Start(machines);
    }

    /// <summary>Creates the loop that another pCPU is to run.</summary>
    public PcpuLoop CreateLoop(PcpuServices pcpu) => new(_host, pcpu, _dispatcher, _vms);

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

    /// <summary>One turn: everything that waits is looked at, then a vCPU runs, or the processor sleeps, until something happens.</summary>
    public void RunOnce()
    {
        _loop.BeginTurn();
        ulong now = _clock.Now;
        bool menuChanged = _input.Deliver();
        bool outputWaits = _output.Write(now, _loop.IsBusy, out ulong deadline);
        deadline = Math.Min(Math.Min(deadline, _input.NextDeadline), _machines.LookAfter(now));
        UpdateMenu(now, menuChanged);
        deadline = Math.Min(Math.Min(deadline, RunNetwork()), _settings.Run(now));
        deadline = Math.Min(deadline, _displays.Run(_machines, _switch.Foreground, now));
        if (_screens.IsOpen)
        {
            deadline = Math.Min(deadline, _menuDue);
        }

        _loop.Turn(deadline, maySleep: !outputWaits);
        if (_machines.AnyEnded)
        {
            _machines.LookAfter(_clock.Now);
        }
    }

    private void UpdateMenu(ulong now, bool changed)
    {
        if (!_screens.IsOpen || (!changed && now < _menuDue))
        {
            return;
        }

        _overview.SampleRates(now);
        _menu.Tick(now);
        _screens.Draw();
        _menuDue = now + MenuPeriod;
    }

    private ulong RunNetwork() => _network?.Run() ?? VirtualTimer.Never;

    /// <summary>In the middle of long work: frames are carried, the vCPU whose turn it is here runs for a while, and interrupts are taken.</summary>
    private void Breathe()
    {
        _loop.BeginTurn();
        _loop.Turn(RunNetwork(), maySleep: false);
    }
}
