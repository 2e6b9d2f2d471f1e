using System;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>COM1, polled.</summary>
internal static class SerialPort
{
    public const ushort Base = 0x3F8;

    /// <summary>A register that holds what is written to it and does nothing else.</summary>
    public const ushort Scratch = Base + 7;

    private const ushort InterruptEnable = Base + 1;
    private const ushort InterruptIdentification = Base + 2;
    private const ushort LineControl = Base + 3;
    private const ushort ModemControl = Base + 4;
    private const byte EnableHoldingRegisterEmpty = 0x02;
    private const byte Out2 = 0x08;
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

    /// <summary>Has it raise its interrupt line: the holding register is empty.</summary>
    public static void RaiseInterrupt()
    {
        Intrinsics.Out8(ModemControl, Out2);
        Intrinsics.Out8(InterruptEnable, 0);
        Intrinsics.Out8(InterruptEnable, EnableHoldingRegisterEmpty);
    }

    /// <summary>Has it lower its interrupt line, as a handler does that looks what there is.</summary>
    public static void LowerInterrupt() => Intrinsics.In8(InterruptIdentification);

    /// <summary>No interrupts any more.</summary>
    public static void DisableInterrupts()
    {
        Intrinsics.Out8(InterruptEnable, 0);
        Intrinsics.Out8(ModemControl, 0);
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
