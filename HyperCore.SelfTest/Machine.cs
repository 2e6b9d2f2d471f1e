using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.SelfTest;

/// <summary>The serial line to report on, and the way out.</summary>
internal static unsafe class Machine
{
    private const ushort Com1 = 0x3F8;
    private const ushort LineStatus = Com1 + 5;
    private const byte TransmitterEmpty = 0x20;
    private const ushort DebugExit = 0xF4;
    private const int RuntimeServicesOffset = 0x58;
    private const int ResetSystemOffset = 0x68;
    private const uint ResetShutdown = 2;

    /// <summary>The firmware's system table.</summary>
    internal static byte* SystemTable;

    /// <summary>Writes one character to COM1.</summary>
    internal static void Write(char value)
    {
        while ((ReadPort(LineStatus) & TransmitterEmpty) == 0)
        {
        }

        WritePort(Com1, (byte)value);
    }

    /// <summary>Ends QEMU through its isa-debug-exit device (exit code 2 * <paramref name="code"/> + 1), or powers the machine off.</summary>
    internal static void Exit(byte code)
    {
        WritePort(DebugExit, code);

        // UEFI 2.10, 4.3 and 8.5.1.
        byte* runtimeServices = *(byte**)(SystemTable + RuntimeServicesOffset);
        var resetSystem = *(delegate* unmanaged<uint, nint, nuint, void*, void>*)(runtimeServices + ResetSystemOffset);
        resetSystem(ResetShutdown, 0, 0, null);
    }

    [RuntimeImport("*", "SelfTestReadPort")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte ReadPort(ushort port);

    [RuntimeImport("*", "SelfTestWritePort")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WritePort(ushort port, byte value);
}
