using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;

namespace HyperCore.TestGuest.Machine;

/// <summary>The I/O APIC (Intel 82093AA data sheet).</summary>
internal static class IoApic
{
    private const uint Masked = 1 << 16;
    private const uint LevelTriggered = 1 << 15;
    private const uint RemoteIrr = 1 << 14;
    private const uint RedirectionTable = 0x10;

    public static uint Read(uint register)
    {
        Intrinsics.WriteMemory32(PlatformLayout.IoApicBase, register);
        return Intrinsics.ReadMemory32(PlatformLayout.IoApicBase + 0x10);
    }

    public static void Write(uint register, uint value)
    {
        Intrinsics.WriteMemory32(PlatformLayout.IoApicBase, register);
        Intrinsics.WriteMemory32(PlatformLayout.IoApicBase + 0x10, value);
    }

    /// <summary>Sends a pin, edge-triggered, to a processor.</summary>
    public static void Route(int pin, int vector, uint apicId)
    {
        Write(RedirectionTable + ((uint)pin * 2) + 1, apicId << 24);
        Write(RedirectionTable + ((uint)pin * 2), (uint)vector);
    }

    /// <summary>Sends a pin, level-triggered, to a processor.</summary>
    public static void RouteLevel(int pin, int vector, uint apicId) => Route(pin, vector | (int)LevelTriggered, apicId);

    /// <summary>A level-triggered pin has sent its interrupt, and was not told that it was served.</summary>
    public static bool AwaitsEnd(int pin) => (Read(RedirectionTable + ((uint)pin * 2)) & RemoteIrr) != 0;

    public static void Mask(int pin) => Write(RedirectionTable + ((uint)pin * 2), Masked);
}
