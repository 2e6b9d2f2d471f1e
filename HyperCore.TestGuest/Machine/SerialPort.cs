using System;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>COM1, polled.</summary>
internal static class SerialPort
{
    public const ushort Base = 0x3F8;

    /// <summary>A register that holds what is written to it and does nothing else.</summary>
    public const ushort Scratch = Base + 7;

    private const ushort LineControl = Base + 3;
    private const ushort LineStatus = Base + 5;
    private const byte DivisorAccess = 0x80;
    private const byte EightDataBits = 0x03;
    private const byte HoldingRegisterEmpty = 0x20;
    private const byte Divisor115200 = 1;

    public static void Initialize()
    {
        Intrinsics.Out8(Base + 1, 0);
        Intrinsics.Out8(LineControl, DivisorAccess | EightDataBits);
        Intrinsics.Out8(Base, Divisor115200);
        Intrinsics.Out8(Base + 1, 0);
        Intrinsics.Out8(LineControl, EightDataBits);
    }

    /// <summary>Writes a line.</summary>
    public static void WriteLine(scoped ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            Write((byte)text[i]);
        }

        Write((byte)'\r');
        Write((byte)'\n');
    }

    private static void Write(byte value)
    {
        while ((Intrinsics.In8(LineStatus) & HoldingRegisterEmpty) == 0)
        {
            Intrinsics.Pause();
        }

        Intrinsics.Out8(Base, value);
    }
}
