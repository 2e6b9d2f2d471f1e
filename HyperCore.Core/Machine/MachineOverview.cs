using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>What the menu shows: facts, configuration and VMs as they are now.</summary>
public sealed class MachineOverview : MachineView
{
    private const ulong SecondsPerDay = 86_400;
    private const ulong CpuSampleInterval = 1_000_000_000;

    private readonly Clock _clock;
    private readonly MachineFacts _facts;
    private readonly ConfigurationReport _configuration;
    private readonly LogHistory _history;
    private readonly VirtualMachineHost _host;
    private readonly ulong[] _sampledTime = new ulong[HyperCoreConfig.MaxVirtualMachines];
    private readonly int[] _cpuPercent = new int[HyperCoreConfig.MaxVirtualMachines];
    private VirtualMachines? _machines;
    private KvmSwitch? _switch;
    private ulong _sampledAt;

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
    public override int ProblemCount => _configuration.ProblemCount;

    /// <inheritdoc/>
    public override ulong MemoryTotal => _facts.MemoryTotal;

    /// <inheritdoc/>
    public override ulong MemoryFree => _facts.Memory.FreeBytes;

    /// <inheritdoc/>
    public override int FactCount => _facts.FactCount;

    /// <inheritdoc/>
    public override int FeatureCount => _facts.FeatureCount;

    /// <inheritdoc/>
    public override LineHistory Log => _history.Lines;

    /// <summary>Connects the VMs, which are built after the menu.</summary>
    public void Connect(VirtualMachines machines, KvmSwitch kvm)
    {
        _machines = machines;
        _switch = kvm;
    }

    /// <summary>Measures, once a second, how much of the processor each VM used since the last time.</summary>
    public void SampleProcessorUse(ulong now)
    {
        ulong interval = now - _sampledAt;
        if (interval < CpuSampleInterval)
        {
            return;
        }

        _sampledAt = now;
        for (int i = 0; i < VmCount; i++)
        {
            ulong used = _machines![i].ProcessorTime;
            ulong spent = used >= _sampledTime[i] ? used - _sampledTime[i] : used;
            _cpuPercent[i] = (int)Math.Min(100 * (ulong)_machines[i].VcpuCount, spent * 100 / interval);
            _sampledTime[i] = used;
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
    public override string GetVmName(int vm) => _machines![vm].Config.Name;

    /// <inheritdoc/>
    public override string GetVmTitle(int vm) => _machines![vm].Config.Title;

    /// <inheritdoc/>
    public override void GetVmStatus(int vm, out VmStatus status)
    {
        VirtualMachine machine = _machines![vm];
        status = default;
        status.State = machine.State == VmState.Stopped && machine.WhyItCannotStart() != null ? VmState.Failed : machine.State;
        status.IsForeground = machine.IsAlive && machine == (_switch!.Foreground ?? _switch.Last);
        status.MemorySize = machine.Config.Memory;
        status.Processors = machine.VcpuCount;
        status.Uptime = machine.Uptime;
        status.Exits = machine.Exits;
        status.CpuPercent = machine.IsAlive ? _cpuPercent[vm] : 0;
    }

    /// <inheritdoc/>
    public override void WriteVmReason(int vm, ref TextBuilder reason)
    {
        VirtualMachine machine = _machines![vm];
        if (machine.IsAlive)
        {
            return;
        }

        if (machine.StopReason.Kind != StopKind.None)
        {
            reason.Append(machine.StopReason.Text);
        }
        else
        {
            reason.Append(machine.WhyItCannotStart());
        }
    }

    /// <inheritdoc/>
    public override int GetVmSettingCount(int vm) => _machines![vm].Config.Note == null ? 3 : 4;

    /// <inheritdoc/>
    public override string WriteVmSetting(int vm, int index, ref TextBuilder value)
    {
        VirtualMachineConfig config = _machines![vm].Config;
        switch (index)
        {
            case 0:
                value.Append(config.Kernel ?? "-");
                return "Kernel";
            case 1:
                value.Append(config.Initrd ?? "-");
                return "Initrd";
            case 2:
                value.Append(config.CommandLine);
                return "Arguments";
            default:
                value.Append(config.Note);
                return "Note";
        }
    }

    /// <inheritdoc/>
    public override string WriteFact(int index, ref TextBuilder value, out FactLevel level)
    {
        string label = _facts.GetFact(index, out string text, out level);
        value.Append(text);
        return label;
    }

    /// <inheritdoc/>
    public override string GetFeature(int index, out FactLevel level) => _facts.GetFeature(index, out level);

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetProblem(int index) => _configuration.GetProblem(index);

    /// <inheritdoc/>
    public override void WriteObstacle(ref TextBuilder reason) => reason.Append(_host.Obstacle);
}
