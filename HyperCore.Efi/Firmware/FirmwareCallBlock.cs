using System.Runtime.InteropServices;

namespace HyperCore.Efi.Firmware;

/// <summary>What Assembly/Firmware.asm needs to know for a call of the firmware.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FirmwareCallBlock
{
    /// <summary>The function.</summary>
    public ulong Function;

    /// <summary>Its first argument.</summary>
    public ulong Argument1;

    /// <summary>Its second argument.</summary>
    public ulong Argument2;

    /// <summary>Its third argument.</summary>
    public ulong Argument3;

    /// <summary>Its fourth argument.</summary>
    public ulong Argument4;

    /// <summary>Its fifth argument.</summary>
    public ulong Argument5;

    /// <summary>CR3 for the call.</summary>
    public ulong RuntimeRoot;

    /// <summary>CR3 afterwards.</summary>
    public ulong OwnRoot;
}
