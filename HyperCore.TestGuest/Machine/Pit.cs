using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>Channel 0 of the 8254 (Intel 8254 data sheet).</summary>
internal static class Pit
{
    private const ushort Channel0 = 0x40;
    private const ushort Control = 0x43;
    private const byte Channel0RateGenerator = 0x34;
    private const byte Channel0OneShot = 0x30;

    /// <summary>1.193182 MHz for a thousand interrupts a second.</summary>
    private const ushort Divisor = 1193;

    public static void Start()
    {
        Intrinsics.Out8(Control, Channel0RateGenerator);
        Intrinsics.Out8(Channel0, Divisor & 0xFF);
        Intrinsics.Out8(Channel0, Divisor >> 8);
    }

    /// <summary>A mode set without a count: the channel waits.</summary>
    public static void Stop() => Intrinsics.Out8(Control, Channel0OneShot);
}
