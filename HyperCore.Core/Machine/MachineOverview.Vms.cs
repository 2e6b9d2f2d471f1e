using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Menu;
using HyperCore.Core.Network;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>What the menu shows of the VMs.</summary>
public sealed partial class MachineOverview
{
    // The place that a back end fills in while the guest runs.
    private const int SpareRecords = 1;

    // Lines about a VM's devices; without a network card disks are there.
    private const int NetworkLine = 2;
    private const int FramesLine = 3;

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
        status.CanShutDown = machine.State == VmState.Running && machine.Platform.AcpiPm.IsPowerButtonEnabled;
        if (machine.IsAlive)
        {
            status.CpuPercent = _rates[vm]!.CpuPercent;
            status.ExitRate = machine.State == VmState.Paused ? 0 : _rates[vm]!.Exits;
            status.IsStopping = machine.ForcedStop != VirtualTimer.Never;
            status.StopsIn = status.IsStopping ? machine.ForcedStop - Math.Min(_clock.Now, machine.ForcedStop) : 0;
        }
    }

    /// <inheritdoc/>
    public override void GetTotals(out MachineTotals totals)
    {
        totals = default;
        totals.Processors = _host.Dispatcher.PcpuCount;
        for (int i = 0; i < VmCount; i++)
        {
            VirtualMachine machine = _machines![i];
            if (machine.IsAlive)
            {
                totals.Running++;
                totals.GuestMemory += machine.Config.Memory;
                totals.CpuPercent += _rates[i]!.CpuPercent;
                totals.ExitRate += machine.State == VmState.Paused ? 0 : _rates[i]!.Exits;
            }
        }
    }

    /// <inheritdoc/>
    public override LineHistory GetVmConsole(int vm) => _machines![vm].ConsoleHistory;

    /// <inheritdoc/>
    public override void GetVcpuStatus(int vm, int vcpu, out VcpuStatus status)
    {
        VirtualMachine machine = _machines![vm];
        Vcpu it = machine[vcpu];
        VmRates rates = _rates[vm]!;
        status = default;
        status.State = !machine.IsAlive ? VcpuState.Off
            : machine.State == VmState.Paused ? VcpuState.Paused
            : it.IsWaitingForSipi ? VcpuState.WaitingForSipi
            : it.Task.State == SchedulerTaskState.Running ? VcpuState.Running
            : it.Halted ? VcpuState.Halted
            : VcpuState.Ready;
        status.Pcpu = it.LastPcpu;
        status.CpuPercent = machine.State == VmState.Running ? rates.CpuPercentOf(vcpu) : 0;
        status.ExitRate = machine.State == VmState.Running ? rates.ExitsOf(vcpu) : 0;
        status.RunTime = it.Task.RunTime;
        status.Exits = it.Counters.Total;
        status.LastExit = it.Trace.Count > 0 ? it.LastExit : ExitReason.Unknown;
    }

    /// <inheritdoc/>
    public override int GetExitShares(int vm, Span<ExitShare> shares) => _rates[vm]!.GetShares(_machines![vm], shares);

    /// <inheritdoc/>
    public override int GetTraceCount(int vm, int vcpu) => Math.Max(_machines![vm][vcpu].Trace.Count - SpareRecords, 0);

    /// <inheritdoc/>
    public override ulong WriteTrace(int vm, int vcpu, int age, ref TextBuilder words)
    {
        // While the guest runs, the newest record is about to be filled in, and it is the previous one that is whole.
        bool isFilling = _machines![vm][vcpu].Task.State == SchedulerTaskState.Running;
        VmExit exit = _machines[vm][vcpu].Trace[isFilling ? age + SpareRecords : age];
        ExitText.Append(ref words, exit);
        return exit.Rip;
    }

    /// <inheritdoc/>
    public override int GetVmDeviceCount(int vm) =>
        FirstDisk(_machines![vm]) + _machines[vm].Config.DiskCount + (_machines[vm].Virtio.Settings != null ? 1 : 0);

    /// <inheritdoc/>
    public override string WriteVmDevice(int vm, int index, ref TextBuilder value)
    {
        VirtualMachine machine = _machines![vm];
        switch (index)
        {
            case 0:
                WriteDisplay(machine, ref value);
                return "Display";
            case 1:
                value.Append("COM1");
                value.Append(machine.IsAlive && machine.Virtio.Console.IsListening ? ", virtio console" : "");
                return "Console";
            case NetworkLine when machine.Virtio.Network is { } card:
                value.Append("virtio, ");
                card.Port.Address.AppendTo(ref value);
                return "Network";
            case FramesLine when machine.Virtio.Network is { } card:
                WriteFrames(card.Port, ref value);
                return "Frames";
            case int last when last == FirstDisk(machine) + machine.Config.DiskCount:
                value.Append(machine.Virtio.Settings!.IsKept ? "8K, kept in the firmware's variables" : "8K, in memory only");
                return "Settings";
            default:
                value.Append(machine.Config.GetDisk(index - FirstDisk(machine)));
                value.Append(", kept in memory");
                return "Disk";
        }
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

    private static int FirstDisk(VirtualMachine machine) => machine.Virtio.Network == null ? NetworkLine : FramesLine + 1;

    private static void WriteFrames(SwitchPort port, ref TextBuilder value)
    {
        value.Append("sent ");
        value.AppendDecimal(port.Sent);
        value.Append(", received ");
        value.AppendDecimal(port.Received);
        value.Append(", dropped ");
        value.AppendDecimal(port.Dropped + port.Malformed);
        value.Append(", spoofed ");
        value.AppendDecimal(port.Spoofed);
    }

    private static void WriteDisplay(VirtualMachine machine, ref TextBuilder value)
    {
        if (machine.Display is not { } display)
        {
            value.Append("none");
            return;
        }

        if (machine.IsAlive && display.Mode.IsShown)
        {
            value.AppendDecimal((ulong)display.Mode.Width);
            value.Append(" x ");
            value.AppendDecimal((ulong)display.Mode.Height);
            value.Append(", ");
            value.AppendDecimal((ulong)display.Mode.BitsPerPixel);
            value.Append(" bits a pixel, ");
        }

        value.Append(machine.IsAlive && display.IsShown ? "on the screen" : "mediated, in the background");
    }
}
