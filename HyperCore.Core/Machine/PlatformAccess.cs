using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Processor;

namespace HyperCore.Core.Machine;

/// <summary>
/// The way of one vCPU, or of the console processor, to what the vCPUs of a VM share: devices, interrupt controllers, timers, the stop reason.
/// All of it is touched between <see cref="Enter"/> and <see cref="Leave"/> only, which hold the VM's lock. Leaving tells the other
/// processors what has come for them.
/// </summary>
public sealed class PlatformAccess
{
    private readonly SpinLock _lock;
    private readonly LocalApicWindow _page;
    private readonly LocalApic? _apic;
    private readonly VcpuWaker? _waker;
    private readonly int _vcpu;

    /// <summary>Creates a way in.</summary>
    /// <param name="gate">The VM's lock.</param>
    /// <param name="page">The page of the local APICs.</param>
    /// <param name="vcpu">Whose way it is: the vCPU's number, or -1 for the console processor.</param>
    /// <param name="apic">The vCPU's local APIC; null for the console processor, and where there is only one.</param>
    /// <param name="waker">Who is told when something has changed; null when there is nobody else.</param>
    public PlatformAccess(SpinLock gate, LocalApicWindow page, int vcpu = -1, LocalApic? apic = null, VcpuWaker? waker = null)
    {
        _lock = gate;
        _page = page;
        _vcpu = vcpu;
        _apic = apic;
        _waker = waker;
    }

    /// <summary>The pCPU that runs the vCPU.</summary>
    public int Pcpu { get; set; }

    /// <summary>The vCPU's local APIC. With the lock held.</summary>
    public LocalApic LocalApic => _page.Current;

    /// <summary>Takes the VM's lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        _lock.Enter(Pcpu);
        if (_apic != null)
        {
            _page.Current = _apic;
        }
    }

    /// <summary>Tells who has to know of what was done, and gives the VM's lock back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (_waker is { IsNeeded: true } waker)
        {
            waker.Flush(_vcpu, Pcpu);
        }

        _lock.Exit();
    }

    /// <summary>The vCPU has nothing to do until it is woken. Called with the lock held.</summary>
    public void Block() => _waker?.Block(_vcpu, Pcpu);
}
