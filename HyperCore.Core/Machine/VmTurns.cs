using System;

namespace HyperCore.Core.Machine;

/// <summary>
/// Which VM gets the processor next, and for how long: runnable VMs take turns; the foreground VM, or every VM while the menu is shown, gets
/// whole slices, the others as much of one as their guaranteed share.
/// </summary>
public sealed class VmTurns
{
    /// <summary>A whole slice, nanoseconds.</summary>
    public const ulong Slice = 10_000_000;

    /// <summary>The shortest slice, nanoseconds.</summary>
    public const ulong ShortestSlice = 1_000_000;

    private readonly VirtualMachines _machines;
    private int _last = -1;

    /// <summary>Creates the scheduler of one pCPU.</summary>
    public VmTurns(VirtualMachines machines) => _machines = machines;

    /// <summary>The VM whose turn it is; null when none has anything to do.</summary>
    /// <param name="foreground">The foreground VM; null while the menu is shown.</param>
    /// <param name="slice">How long it may run, nanoseconds.</param>
    public VirtualMachine? Next(VirtualMachine? foreground, out ulong slice)
    {
        for (int i = 1; i <= _machines.Count; i++)
        {
            int index = (_last + i) % _machines.Count;
            VirtualMachine vm = _machines[index];
            if (vm.IsRunnable)
            {
                _last = index;
                slice = foreground == null || foreground == vm ? Slice : Math.Max(Slice * (ulong)vm.Config.Share / 100, ShortestSlice);
                return vm;
            }
        }

        slice = 0;
        return null;
    }
}
