namespace HyperCore.Core.Boot;

/// <summary>A Linux kernel in guest RAM, and what it says about the rest.</summary>
internal struct LinuxKernelPlacement
{
    /// <summary>64-bit entry point.</summary>
    public ulong Entry;

    /// <summary>First address after the kernel and what it needs before it knows its memory map.</summary>
    public ulong End;

    /// <summary>Highest address that the initial RAM disk may occupy.</summary>
    public uint InitrdAddressMax;

    /// <summary>Longest command line in bytes, without its terminating zero.</summary>
    public uint CommandLineSize;
}
