namespace HyperCore.Core.Devices;

/// <summary>The interrupt command register of a local APIC (Intel SDM vol. 3A, 11.6.1).</summary>
/// <param name="value">All 64 bits; in xAPIC mode the high register is in bits 63:32.</param>
public readonly struct InterruptCommand(ulong value)
{
    /// <summary>Bits of the low half that software writes and reads back: not delivery status and not the reserved ones.</summary>
    public const uint WritableLow = 0x000C_CFFF;

    /// <summary>Bits that raise #GP when set in x2APIC mode.</summary>
    public const uint ReservedLow = 0xFFF3_3000;

    /// <summary>All 64 bits.</summary>
    public readonly ulong Value = value;

    /// <summary>Bits 7:0.</summary>
    public byte Vector => (byte)Value;

    /// <summary>Bits 10:8.</summary>
    public DeliveryMode DeliveryMode => (DeliveryMode)((Value >> 8) & 7);

    /// <summary>Bit 11.</summary>
    public bool LogicalDestination => (Value & (1 << 11)) != 0;

    /// <summary>Bit 14, level: assert.</summary>
    public bool Asserted => (Value & (1 << 14)) != 0;

    /// <summary>Bit 15, trigger mode: level.</summary>
    public bool LevelTriggered => (Value & (1 << 15)) != 0;

    /// <summary>Bits 19:18.</summary>
    public DestinationShorthand Shorthand => (DestinationShorthand)((Value >> 18) & 3);

    /// <summary>The 8-bit destination of xAPIC mode, FFh widened to everyone.</summary>
    public uint XApicDestination => InterruptMessage.Widen((byte)(Value >> 56));

    /// <summary>The 32-bit destination of x2APIC mode.</summary>
    public uint X2ApicDestination => (uint)(Value >> 32);
}
