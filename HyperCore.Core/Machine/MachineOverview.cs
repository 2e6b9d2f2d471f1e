using System;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>What the menu shows: facts, configuration and VMs as they are now.</summary>
public sealed partial class MachineOverview : MachineView
{
    private const ulong SecondsPerDay = 86_400;
    private const ulong SampleInterval = 1_000_000_000;

    private readonly Clock _clock;
    private readonly MachineFacts _facts;
    private readonly ConfigurationReport _configuration;
    private readonly LogHistory _history;
    private readonly VirtualMachineHost _host;
    private readonly VmRates?[] _rates = new VmRates?[HyperCoreConfig.MaxVirtualMachines];
    private VirtualMachines? _machines;
    private KvmSwitch? _switch;
    private ulong _sampledAt;
    private Hotkey _menuHotkey;
    private Hotkey _nextHotkey;

    /// <summary>HyperCore's entry in the firmware's boot menu; null when nothing is known of that menu.</summary>
    public BootEntries? BootEntries { get; init; }

    /// <summary>Creates the overview; <see cref="Connect"/> gives it the VMs.</summary>
    public MachineOverview(MachineFacts facts, ConfigurationReport configuration, LogHistory history, VirtualMachineHost host)
    {
        _clock = host.Clock;
        _facts = facts;
        _configuration = configuration;
        _history = history;
        _host = host;
    }

    /// <inheritdoc/>
    public override string Version => _facts.Version;

    /// <inheritdoc/>
    public override ulong Now => _clock.Now;

    /// <inheritdoc/>
    public override int VmCount => _machines?.Count ?? 0;

    /// <inheritdoc/>
    public override ConfigurationState Configuration => _configuration.State;

    /// <inheritdoc/>
    public override string ConfigurationPath => _configuration.Path;

    /// <inheritdoc/>
    public override string ConfigurationPlace => _configuration.Place;

    /// <inheritdoc/>
    public override int ProblemCount => _configuration.ProblemCount;

    /// <inheritdoc/>
    public override ulong MemoryTotal => _facts.MemoryTotal;

    /// <inheritdoc/>
    public override ulong MemoryFree => _facts.Memory.FreeBytes;

    /// <inheritdoc/>
    public override int FactCount => _facts.FactCount + (_host.Network == null ? 0 : 1);

    /// <inheritdoc/>
    public override int FeatureCount => _facts.FeatureCount;

    /// <inheritdoc/>
    public override LineHistory Log => _history.Lines;

    /// <inheritdoc/>
    public override Hotkey MenuHotkey => _menuHotkey;

    /// <inheritdoc/>
    public override Hotkey NextHotkey => _nextHotkey;

    /// <summary>Connects the VMs, which are built after the menu.</summary>
    public void Connect(VirtualMachines machines, KvmSwitch kvm, Hotkey menuHotkey, Hotkey nextHotkey)
    {
        _machines = machines;
        _switch = kvm;
        _menuHotkey = menuHotkey;
        _nextHotkey = nextHotkey;
        for (int i = 0; i < machines.Count; i++)
        {
            _rates[i] = new VmRates(machines[i].VcpuCount);
        }
    }

    /// <summary>Measures, once a second, what each VM did since the last time.</summary>
    public void SampleRates(ulong now)
    {
        if (now - _sampledAt < SampleInterval)
        {
            return;
        }

        _sampledAt = now;
        for (int i = 0; i < VmCount; i++)
        {
            if (_machines![i].IsAlive)
            {
                _rates[i]!.Sample(_machines[i], now);
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryGetTimeOfDay(out int hour, out int minute)
    {
        ulong ofDay = _host.UnixTimeNow % SecondsPerDay;
        hour = (int)(ofDay / 3600);
        minute = (int)(ofDay / 60 % 60);
        return _host.UnixTimeAtStart != 0;
    }

    /// <inheritdoc/>
    public override string WriteFact(int index, ref TextBuilder value, out FactLevel level)
    {
        if (index == _facts.FactCount)
        {
            WriteNetwork(_host.Network!, ref value, out level);
            return "Network";
        }

        string label = _facts.GetFact(index, out string text, out level);
        value.Append(text);
        return label;
    }

    private static void WriteNetwork(MachineNetwork network, ref TextBuilder value, out FactLevel level)
    {
        level = FactLevel.Careful;
        if (network.Uplink is not { } uplink)
        {
            value.Append("no uplink: ");
            value.Append(network.WhyNoUplink);
            return;
        }

        value.Append(uplink.Card.Name);
        value.Append(' ');
        uplink.Card.Address.AppendTo(ref value);
        value.Append(", ");
        if (uplink.Card.Problem is { } problem)
        {
            value.Append(problem);
            level = FactLevel.Bad;
            return;
        }

        value.Append(uplink.Card.IsLinkUp ? "link up" : "link down");
        level = uplink.Card.IsLinkUp ? FactLevel.Neutral : FactLevel.Careful;
        if (uplink.Card.IsLinkUp && uplink.Card.Speed != 0)
        {
            value.Append(", ");
            value.AppendDecimal((long)uplink.Card.Speed);
            value.Append(" Mb/s");
        }
    }

    /// <inheritdoc/>
    public override string GetFeature(int index, out FactLevel level) => _facts.GetFeature(index, out level);

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetProblem(int index) => _configuration.GetProblem(index);

    /// <inheritdoc/>
    public override void WriteBootEntry(ref TextBuilder value) => BootEntries?.Describe(ref value);

    /// <inheritdoc/>
    public override void WriteObstacle(ref TextBuilder reason) => reason.Append(_host.Obstacle);
}
