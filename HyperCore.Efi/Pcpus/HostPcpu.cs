using System;
using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;

namespace HyperCore.Efi.Pcpus;

/// <summary>A pCPU of the real machine that HyperCore has taken.</summary>
internal sealed unsafe class HostPcpu : PcpuServices
{
    private readonly HostPcpus _all;
    private readonly PcpuBlock* _block;

    /// <summary>Describes a pCPU.</summary>
    /// <param name="all">All of them.</param>
    /// <param name="block">What GS points to there.</param>
    /// <param name="apic">Its local APIC.</param>
    /// <param name="apicId">The ID of its local APIC.</param>
    /// <param name="clock">The clock, which is the same on all.</param>
    public HostPcpu(HostPcpus all, PcpuBlock* block, HostLocalApic apic, uint apicId, Clock clock)
    {
        _all = all;
        _block = block;
        LocalApic = apic;
        ApicId = apicId;
        Clock = clock;
    }

    /// <summary>Its local APIC.</summary>
    public HostLocalApic LocalApic { get; }

    /// <summary>The ID of its local APIC.</summary>
    public uint ApicId { get; }

    /// <summary>What GS points to there.</summary>
    public PcpuBlock* Block => _block;

    /// <inheritdoc/>
    public override int Index => _block->Index;

    /// <inheritdoc/>
    public override int* Attention => &_block->Attention;

    /// <inheritdoc/>
    public override Clock Clock { get; }

    /// <inheritdoc/>
    public override void ArmTimer(ulong deadline)
    {
        if (deadline == VirtualTimer.Never)
        {
            LocalApic.CancelTimer();
        }
        else
        {
            LocalApic.ArmTimer(deadline);
        }
    }

    /// <inheritdoc/>
    public override void TakeInterrupts()
    {
        // STI holds interrupts off for one more instruction: PAUSE gives it, and what waits is taken before CLI.
        Intrinsics.EnableInterrupts();
        Intrinsics.Pause();
        Intrinsics.DisableInterrupts();
    }

    /// <inheritdoc/>
    public override void WaitForInterrupt() => Intrinsics.WaitForInterrupt();

    /// <summary>What an application processor does from its start on: it sleeps until there is a loop to run. Does not return.</summary>
    public void RunLoop()
    {
        while (true)
        {
            Action<PcpuServices>? loop = _all.Loop;
            if (loop != null)
            {
                // The page it began in is not mapped any more.
                Memory.HostPaging.FlushAll();
                loop(this);
            }

            WaitForInterrupt();
        }
    }
}
