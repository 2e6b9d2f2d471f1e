using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>The 8259 pair (Intel 8259A data sheet).</summary>
internal static class Pic
{
    private const ushort Primary = 0x20;
    private const ushort Secondary = 0xA0;
    private const byte Initialization = 0x11;
    private const byte Mode8086 = 1;
    private const byte NonSpecificEnd = 0x20;

    /// <summary>Sets vectors, and takes only the interrupts whose bit in <paramref name="enabled"/> is set.</summary>
    public static void Initialize(uint enabled)
    {
        Intrinsics.Out8(Primary, Initialization);
        Intrinsics.Out8(Secondary, Initialization);
        Intrinsics.Out8(Primary + 1, Interrupts.PicFirst);
        Intrinsics.Out8(Secondary + 1, Interrupts.PicFirst + 8);
        Intrinsics.Out8(Primary + 1, 1 << 2);
        Intrinsics.Out8(Secondary + 1, 2);
        Intrinsics.Out8(Primary + 1, Mode8086);
        Intrinsics.Out8(Secondary + 1, Mode8086);
        Intrinsics.Out8(Primary + 1, (byte)~enabled);
        Intrinsics.Out8(Secondary + 1, (byte)~(enabled >> 8));
    }

    public static void EndOfInterrupt(int line)
    {
        if (line >= 8)
        {
            Intrinsics.Out8(Secondary, NonSpecificEnd);
        }

        Intrinsics.Out8(Primary, NonSpecificEnd);
    }
}
