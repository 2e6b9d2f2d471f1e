using System.Threading;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// One pCPU, as far as the loop that runs on it uses the hardware. All but <see cref="Index"/> and <see cref="Attention"/> is for code that
/// runs on this very pCPU, with interrupts off.
/// </summary>
public abstract unsafe class PcpuServices
{
    /// <summary>Its number: 0 is the boot processor, the others follow without gaps.</summary>
    public abstract int Index { get; }

    /// <summary>
    /// A word that is not 0 when there is something for this pCPU to look at: its interrupt handlers set it, and so does
    /// <see cref="HostServices.Kick"/> on any other pCPU.
    /// </summary>
    public abstract int* Attention { get; }

    /// <summary>The machine's clock as this pCPU reads it.</summary>
    public abstract Clock Clock { get; }

    /// <summary>
    /// Has an interrupt come to this pCPU at <paramref name="deadline"/> (nanoseconds of <see cref="Clock"/>), replacing the one set before;
    /// <see cref="VirtualTimer.Never"/> takes it back.
    /// </summary>
    public abstract void ArmTimer(ulong deadline);

    /// <summary>Lets waiting interrupts be handled.</summary>
    public abstract void TakeInterrupts();

    /// <summary>
    /// Sleeps until an interrupt has been handled. One that comes between the last look at <see cref="Attention"/> and this call is not
    /// slept through, because interrupts are off until then.
    /// </summary>
    public abstract void WaitForInterrupt();

    /// <summary>A moment of waiting for what another pCPU does, with interrupts off.</summary>
    public virtual void Relax() => Thread.SpinWait(1);
}
