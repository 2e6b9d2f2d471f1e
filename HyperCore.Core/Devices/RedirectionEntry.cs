namespace HyperCore.Core.Devices;

/// <summary>One entry of an I/O APIC's redirection table (82093AA, 3.2.4).</summary>
/// <param name="value">All 64 bits.</param>
public struct RedirectionEntry(ulong value)
{
    /// <summary>The bits that software can write; delivery status and remote IRR are read only.</summary>
    public const ulong Writable = 0xFF00_0000_0001_AFFF;

    private const ulong RemoteIrrBit = 1 << 14;
    private const ulong LevelBit = 1 << 15;
    private const ulong MaskedBit = 1 << 16;

    /// <summary>The entry after reset: masked.</summary>
    public static RedirectionEntry Default => new(MaskedBit);

    /// <summary>All 64 bits.</summary>
    public ulong Value = value;

    /// <summary>Bits 7:0.</summary>
    public readonly byte Vector => (byte)Value;

    /// <summary>Bits 10:8.</summary>
    public readonly DeliveryMode DeliveryMode => (DeliveryMode)((Value >> 8) & 7);

    /// <summary>Bit 11.</summary>
    public readonly bool LogicalDestination => (Value & (1 << 11)) != 0;

    /// <summary>Bit 13: the input pin is active low. Lines here say whether they are asserted, so it changes nothing.</summary>
    public readonly bool ActiveLow => (Value & (1 << 13)) != 0;

    /// <summary>Bit 14: a level-triggered interrupt was accepted and has had no EOI.</summary>
    public bool RemoteIrr
    {
        readonly get => (Value & RemoteIrrBit) != 0;
        set => Value = value ? Value | RemoteIrrBit : Value & ~RemoteIrrBit;
    }

    /// <summary>Bit 15, as far as it counts: only fixed and lowest-priority interrupts can be level-triggered, the others are edges.</summary>
    public readonly bool IsLevel => (Value & LevelBit) != 0 && DeliveryMode is DeliveryMode.Fixed or DeliveryMode.LowestPriority;

    /// <summary>Bit 16.</summary>
    public readonly bool Masked => (Value & MaskedBit) != 0;

    /// <summary>Bits 63:56.</summary>
    public readonly byte Destination => (byte)(Value >> 56);

    /// <summary>What the pin sends.</summary>
    public readonly InterruptMessage ToMessage() =>
        new(DeliveryMode, Vector, InterruptMessage.Widen(Destination), LogicalDestination, IsLevel);
}
