using System;
using HyperCore.Core.Console;
using HyperCore.Core.Time;
using HyperCore.Core.Usb;

namespace HyperCore.Core.Machine;

/// <summary>The machine, as far as the main loop uses it; what each processor has of its own is in <see cref="PcpuServices"/>. Called with interrupts off unless said otherwise.</summary>
public abstract class HostServices
{
    /// <summary>How many pCPUs HyperCore has taken, the boot processor included.</summary>
    public abstract int PcpuCount { get; }

    /// <summary>The machine's clock, as the boot processor reads it.</summary>
    public Clock Clock => Pcpu(0).Clock;

    /// <summary>One pCPU.</summary>
    /// <param name="index">0, the boot processor, to <see cref="PcpuCount"/> - 1.</param>
    public abstract PcpuServices Pcpu(int index);

    /// <summary>
    /// Makes a pCPU look at its work, from any pCPU: sets its <see cref="PcpuServices.Attention"/> word and interrupts it, so that it leaves
    /// guest mode or wakes up. What it is to find must have been stored before.
    /// </summary>
    public abstract void Kick(int pcpu);

    /// <summary>
    /// Has every pCPU but the boot processor, which calls this, run <paramref name="loop"/>, with interrupts off and on its own stack. It is
    /// given its pCPU and never returns. Until then they sleep.
    /// </summary>
    public abstract void StartPcpus(Action<PcpuServices> loop);

    /// <summary>Where the log and the menu's mirror go; writes nothing when the machine has no serial line.</summary>
    public abstract ByteSink Serial { get; }

    /// <summary>Bytes of a mouse packet: 3, or 4 with a wheel.</summary>
    public abstract int MousePacketLength { get; }

    /// <summary>The machine can be switched off by software.</summary>
    public abstract bool CanPowerOff { get; }

    /// <summary>Takes the next byte from keyboard or mouse.</summary>
    public abstract bool TryReadInput(out byte value, out bool isMouse);

    /// <summary>Keyboards and mice on USB; null when the machine has no controller for them.</summary>
    public virtual UsbHost? Usb => null;

    /// <summary>Has the PS/2 keyboard show its lights: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. Does not wait for it.</summary>
    public virtual void SetLeds(byte leds)
    {
    }

    /// <summary>Takes the next byte typed on the serial line.</summary>
    public abstract bool TryReadSerial(out byte value);

    /// <summary>Switches the machine off.</summary>
    public abstract void PowerOff();

    /// <summary>Resets the machine, so that its firmware starts anew.</summary>
    public abstract void Reset();
}
