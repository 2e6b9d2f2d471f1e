using System.Runtime.InteropServices;

namespace HyperCore.TestGuest.Machine;

/// <summary>The start of what the boot loader tells (Multiboot Specification 0.6.96, 3.3).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultibootInfo
{
    /// <summary>Flag: the memory fields are valid.</summary>
    public const uint HasMemory = 1;

    /// <summary>Flag: the command line is valid.</summary>
    public const uint HasCommandLine = 1 << 2;

    /// <summary>Flag: the module fields are valid.</summary>
    public const uint HasModules = 1 << 3;

    public uint Flags;

    /// <summary>KiB from 0.</summary>
    public uint MemLower;

    /// <summary>KiB from 1 MiB.</summary>
    public uint MemUpper;

    public uint BootDevice;

    /// <summary>Address of the command line, ended by a zero.</summary>
    public uint Cmdline;

    public uint ModsCount;

    public uint ModsAddr;
}
