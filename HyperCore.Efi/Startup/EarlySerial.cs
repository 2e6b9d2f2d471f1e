using System;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Startup;

/// <summary>
/// COM1 for the few messages there is no log for: HyperCore refuses to start, or the firmware does not let go of the machine. No state, no heap.
/// </summary>
internal static class EarlySerial
{
    // 16550: PC16550D data sheet, table II.
    private const ushort Com1 = 0x3F8;
    private const ushort LineControl = Com1 + 3;
    private const ushort LineStatus = Com1 + 5;
    private const byte DivisorAccess = 0x80;
    private const byte EightDataBits = 0x03;
    private const byte HoldingRegisterEmpty = 0x20;
    private const byte Divisor115200 = 1;
    private const byte NoDevice = 0xFF;
    private const int MaxPolls = 100_000;

    /// <summary>Writes characters as Latin-1; nothing happens without a COM1.</summary>
    public static void Write(scoped ReadOnlySpan<char> text)
    {
        if (Intrinsics.In8(LineStatus) == NoDevice)
        {
            return;
        }

        Intrinsics.Out8(LineControl, DivisorAccess | EightDataBits);
        Intrinsics.Out8(Com1, Divisor115200);
        Intrinsics.Out8(Com1 + 1, 0);
        Intrinsics.Out8(LineControl, EightDataBits);
        for (int i = 0; i < text.Length; i++)
        {
            // A line that nobody reads must not hold the machine up.
            for (int polls = 0; polls < MaxPolls && (Intrinsics.In8(LineStatus) & HoldingRegisterEmpty) == 0; polls++)
            {
                Intrinsics.Pause();
            }

            Intrinsics.Out8(Com1, (byte)text[i]);
        }
    }
}
