using HyperCore.Core.Console;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>The hardware, as far as the main loop uses it. Called with interrupts off unless said otherwise.</summary>
public abstract unsafe class HostServices
{
    /// <summary>The machine's clock.</summary>
    public abstract Clock Clock { get; }

    /// <summary>A word that interrupt handlers set when there is something to look at.</summary>
    public abstract int* Attention { get; }

    /// <summary>Where the log and the menu's mirror go; writes nothing when the machine has no serial line.</summary>
    public abstract ByteSink Serial { get; }

    /// <summary>Bytes of a mouse packet: 3, or 4 with a wheel.</summary>
    public abstract int MousePacketLength { get; }

    /// <summary>The machine can be switched off by software.</summary>
    public abstract bool CanPowerOff { get; }

    /// <summary>Has an interrupt come at <paramref name="deadline"/> (nanoseconds of <see cref="Clock"/>), replacing the one set before.</summary>
    public abstract void ArmTimer(ulong deadline);

    /// <summary>Lets waiting interrupts be handled.</summary>
    public abstract void TakeInterrupts();

    /// <summary>Sleeps until an interrupt has been handled.</summary>
    public abstract void WaitForInterrupt();

    /// <summary>Takes the next byte from keyboard or mouse.</summary>
    public abstract bool TryReadInput(out byte value, out bool isMouse);

    /// <summary>Takes the next byte typed on the serial line.</summary>
    public abstract bool TryReadSerial(out byte value);

    /// <summary>Switches the machine off.</summary>
    public abstract void PowerOff();

    /// <summary>Resets the machine, so that its firmware starts anew.</summary>
    public abstract void Reset();
}
