namespace HyperCore.Core.Devices;

/// <summary>One message on the way to the local APICs, whether an IPI, an I/O APIC's pin or an MSI sent it.</summary>
/// <param name="deliveryMode">How it is delivered.</param>
/// <param name="vector">The vector; the start page of a start-up IPI.</param>
/// <param name="destination">Physical or logical destination; <see cref="Broadcast"/> for everyone.</param>
/// <param name="logicalDestination">Whether <paramref name="destination"/> is logical.</param>
/// <param name="levelTriggered">Whether its EOI is to be told to the I/O APICs.</param>
public readonly struct InterruptMessage(DeliveryMode deliveryMode, byte vector, uint destination, bool logicalDestination, bool levelTriggered)
{
    /// <summary>The destination that means every processor. Senders with 8-bit destinations widen FFh to it (<see cref="Widen"/>).</summary>
    public const uint Broadcast = 0xFFFF_FFFF;

    private const ulong MsiAddressMask = 0xFFFF_FFFF_FFF0_0000;
    private const ulong MsiAddress = 0xFEE0_0000;

    /// <summary>How it is delivered.</summary>
    public readonly DeliveryMode DeliveryMode = deliveryMode;

    /// <summary>The vector; the start page of a start-up IPI.</summary>
    public readonly byte Vector = vector;

    /// <summary>Physical or logical destination.</summary>
    public readonly uint Destination = destination;

    /// <summary>Whether <see cref="Destination"/> is logical.</summary>
    public readonly bool LogicalDestination = logicalDestination;

    /// <summary>Whether the EOI is to be told to the I/O APICs.</summary>
    public readonly bool LevelTriggered = levelTriggered;

    /// <summary>An 8-bit destination as a 32-bit one: FFh means everyone, physical and logical (Intel SDM vol. 3A, 11.6.2).</summary>
    public static uint Widen(byte destination) => destination == 0xFF ? Broadcast : destination;

    /// <summary>What a memory write that is a message signalled interrupt means (Intel SDM vol. 3A, 11.11).</summary>
    /// <returns>False when the address is not one of the interrupt range or the data says deassert.</returns>
    public static bool TryFromMsi(ulong address, uint data, out InterruptMessage message)
    {
        message = default;
        bool level = (data & 0x8000) != 0;
        if ((address & MsiAddressMask) != MsiAddress || (level && (data & 0x4000) == 0))
        {
            return false;
        }

        bool logical = (address & 4) != 0;
        var mode = (DeliveryMode)((data >> 8) & 7);

        // With the redirection hint a logical set is a choice: one processor of it takes the interrupt.
        if (mode == DeliveryMode.Fixed && logical && (address & 8) != 0)
        {
            mode = DeliveryMode.LowestPriority;
        }

        message = new InterruptMessage(mode, (byte)data, Widen((byte)(address >> 12)), logical, level);
        return true;
    }
}
