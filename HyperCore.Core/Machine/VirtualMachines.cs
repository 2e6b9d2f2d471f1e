using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>All VMs and what can be done with them. Every change of state is written to the log.</summary>
public sealed class VirtualMachines
{
    // Each start clears and fills the VM's memory while all others wait, so a VM that does nothing but reset itself is stopped in the end.
    private const int MaxQuickRestarts = 5;
    private const ulong QuickEnd = 10_000_000_000;
    private const ulong Millisecond = 1_000_000;

    private readonly VirtualMachine[] _machines;
    private readonly int[] _quickRestarts;
    private readonly Log _log;
    private readonly KvmSwitch _switch;
    private readonly GuestOutput _output;

    /// <summary>Takes the VMs that were built from the configuration.</summary>
    public VirtualMachines(VirtualMachine[] machines, Log log, KvmSwitch kvm, GuestOutput output)
    {
        _machines = machines;
        _quickRestarts = new int[machines.Length];
        _log = log;
        _switch = kvm;
        _output = output;
    }

    /// <summary>How many there are.</summary>
    public int Count => _machines.Length;

    /// <summary>A VM, in the order of the configuration.</summary>
    public VirtualMachine this[int index] => _machines[index];

    /// <summary>One of them runs or is paused.</summary>
    public bool AnyAlive
    {
        get
        {
            for (int i = 0; i < _machines.Length; i++)
            {
                if (_machines[i].IsAlive)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A VM has ended by itself and was not seen to yet.</summary>
    public bool AnyEnded
    {
        get
        {
            for (int i = 0; i < _machines.Length; i++)
            {
                if (_machines[i].HasEnded)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Starts a VM.</summary>
    /// <returns>False when it could not be started; its stop reason says why.</returns>
    public bool Start(VirtualMachine vm)
    {
        _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} starting");
        _quickRestarts[vm.Index] = 0;
        bool started = vm.Start();
        LogStart(vm, started);
        if (started)
        {
            vm.Virtio.Settings?.Report(_log, vm.Config.Name);
        }

        return started;
    }

    /// <summary>
    /// Stops a VM because the person at the machine said so. An OS that listens to the power button gets time to shut down, unless this is the
    /// second time or the VM is paused.
    /// </summary>
    /// <returns>False: the VM was asked to shut down, and still runs.</returns>
    public bool Stop(VirtualMachine vm)
    {
        if (vm.AskToShutDown())
        {
            return false;
        }

        StopNow(vm, "stopped from the menu");
        return true;
    }

    /// <summary>Sees to what VMs did by themselves since the last call: an end, or a time limit that has passed.</summary>
    /// <param name="now">The time, nanoseconds.</param>
    /// <returns>When the next time limit passes.</returns>
    public ulong LookAfter(ulong now)
    {
        ulong next = VirtualTimer.Never;
        for (int i = 0; i < _machines.Length; i++)
        {
            VirtualMachine vm = _machines[i];
            if (vm.HasEnded)
            {
                vm.AwaitEnd();
                OnEnded(vm);
            }
            else if (vm.ForcedStop <= now)
            {
                StopNow(vm, "stopped from the menu, because it did not shut down by itself");
            }

            next = Math.Min(next, vm.ForcedStop);
        }

        return next;
    }

    /// <summary>Resets a VM.</summary>
    public bool Reset(VirtualMachine vm)
    {
        _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} starting");
        bool started = vm.Reset();
        LogStart(vm, started);
        return started;
    }

    /// <summary>Takes a VM off the processor.</summary>
    public void Pause(VirtualMachine vm)
    {
        vm.Pause();
        _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} paused");
    }

    /// <summary>Lets a paused VM run on.</summary>
    public void Resume(VirtualMachine vm)
    {
        vm.Resume();
        _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} running cpus={vm.VcpuCount} memory={vm.Config.Memory >> 20}M");
    }

    /// <summary>A VM has ended by itself: it is restarted or taken down, as its configuration says.</summary>
    public void OnEnded(VirtualMachine vm)
    {
        _output.WriteLastWords(vm);
        EndAction action = vm.StopReason.Kind switch
        {
            // That is what was asked for.
            _ when vm.ForcedStop != VirtualTimer.Never => EndAction.Stop,
            StopKind.PoweredOff => vm.Config.OnPowerOff,
            StopKind.Reset => vm.Config.OnReset,
            _ => vm.Config.OnCrash,
        };
        if (action == EndAction.Stop)
        {
            Finish(vm);
            return;
        }

        ref int quick = ref _quickRestarts[vm.Index];
        quick = vm.Uptime < QuickEnd ? quick + 1 : 0;
        if (quick > MaxQuickRestarts)
        {
            vm.StopReason.Append("; not started again: it ended too soon too often");
            Finish(vm);
            return;
        }

        _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} stopped reason=\"{vm.StopReason.Text}\"");
        if (!Reset(vm) && _switch.Foreground == vm)
        {
            _switch.ShowMenu();
        }
    }

    /// <summary>Points the switch at the VM after the foreground one that is alive, in the order of the configuration.</summary>
    public void ShowNext()
    {
        int from = (_switch.Foreground ?? _switch.Last)?.Index ?? -1;
        for (int i = 1; i <= _machines.Length; i++)
        {
            VirtualMachine vm = _machines[(from + i) % _machines.Length];
            if (vm.IsAlive && vm != _switch.Foreground)
            {
                _switch.Show(vm);
                return;
            }
        }
    }

    private void StopNow(VirtualMachine vm, string why)
    {
        vm.Halt();
        _output.WriteLastWords(vm);
        vm.StopReason.Set(StopKind.Stopped, why);
        Finish(vm);
    }

    private void Finish(VirtualMachine vm)
    {
        bool wasForeground = _switch.Foreground == vm;
        LogUse();
        vm.Stop();
        string state = vm.State == VmState.Failed ? "failed" : "stopped";
        _log.Write(vm.State == VmState.Failed ? LogLevel.Error : LogLevel.Info, $"vm: {vm.Config.Name} {state} reason=\"{vm.StopReason.Text}\"");
        LogMemory(vm.HostMemory);
        if (wasForeground)
        {
            _switch.ShowMenu();
        }
    }

    // So that anybody can see that a VM leaves nothing behind.
    private void LogMemory(FrameAllocator memory) => _log.Write(
        LogLevel.Debug,
        $"memory: free={memory.FreeBytes >> 10}K guests={memory.UsedBytes(FrameOwner.GuestMemory) >> 10}K tables={memory.UsedBytes(FrameOwner.NestedPageTables) >> 10}K framebuffers={memory.UsedBytes(FrameOwner.Framebuffers) >> 10}K files={memory.UsedBytes(FrameOwner.Files) >> 10}K");

    // Who had how much of the processors until now.
    private void LogUse()
    {
        for (int i = 0; i < _machines.Length; i++)
        {
            if (_machines[i].IsAlive)
            {
                VirtualMachine vm = _machines[i];
                _log.Write(LogLevel.Debug, $"vm: {vm.Config.Name} used={vm.ProcessorTime / Millisecond}ms of={vm.Uptime / Millisecond}ms exits={vm.Exits}");
            }
        }
    }

    private void LogStart(VirtualMachine vm, bool started)
    {
        if (started)
        {
            _log.Write(LogLevel.Info, $"vm: {vm.Config.Name} running cpus={vm.VcpuCount} memory={vm.Config.Memory >> 20}M");
            LogMemory(vm.HostMemory);
            LogUse();
        }
        else
        {
            _log.Write(LogLevel.Error, $"vm: {vm.Config.Name} failed reason=\"{vm.StopReason.Text}\"");
        }
    }
}
