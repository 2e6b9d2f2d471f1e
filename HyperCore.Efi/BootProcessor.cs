using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;

namespace HyperCore.Efi;

/// <summary>The processor that the firmware started.</summary>
internal sealed unsafe class BootProcessor(HostMachine machine) : PcpuServices
{
    /// <inheritdoc/>
    public override int Index => 0;

    /// <inheritdoc/>
    public override int* Attention => Cpu.Attention.Cell();

    /// <inheritdoc/>
    public override Clock Clock => machine.Clock;

    /// <inheritdoc/>
    public override void ArmTimer(ulong deadline)
    {
        if (deadline == VirtualTimer.Never)
        {
            machine.LocalApic.CancelTimer();
        }
        else
        {
            machine.LocalApic.ArmTimer(deadline);
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
}
