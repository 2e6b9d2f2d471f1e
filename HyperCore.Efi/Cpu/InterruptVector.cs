namespace HyperCore.Efi.Cpu;

/// <summary>Which interrupt arrives at which vector on HyperCore's side. The upper four bits are the priority.</summary>
public static class InterruptVector
{
    /// <summary>Vectors 0 to 31 are the processor's exceptions.</summary>
    public const int ExceptionCount = 32;

    /// <summary>The 8259s are remapped to these 16 vectors and masked; only their spurious interrupts can arrive.</summary>
    public const byte Pic8259 = 0x20;

    /// <summary>ISA interrupt n arrives at this vector plus n.</summary>
    public const byte Isa = 0x30;

    /// <summary>USB controller n sends its messages to this vector plus n; there are four at most.</summary>
    public const byte Usb = 0x50;

    /// <summary>The network card of the uplink sends its messages to this vector.</summary>
    public const byte Network = 0x54;

    /// <summary>The local APIC's timer.</summary>
    public const byte Timer = 0xE0;

    /// <summary>The IPI that makes a pCPU look at its work.</summary>
    public const byte Kick = 0xF0;

    /// <summary>The local APIC's error interrupt.</summary>
    public const byte ApicError = 0xFE;

    /// <summary>The local APIC's spurious interrupt, which takes no end of interrupt.</summary>
    public const byte Spurious = 0xFF;
}
