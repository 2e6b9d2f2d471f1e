using System.Runtime.InteropServices;

namespace HyperCore.Efi.Pcpus;

/// <summary>What Assembly/Trampoline.asm finds in its page, eight bytes after the page's start.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct TrampolineParameters
{
    /// <summary>Where they are in the page.</summary>
    public const int Offset = 8;

    /// <summary>Protected mode goes on here: an offset in the page that becomes an address.</summary>
    public uint ProtectedOffset;

    /// <summary>Its code segment.</summary>
    public uint ProtectedSelector;

    /// <summary>Long mode goes on here: an offset in the page that becomes an address.</summary>
    public uint LongOffset;

    /// <summary>Its code segment.</summary>
    public uint LongSelector;

    /// <summary>Limit of the GDT.</summary>
    public ushort GdtLimit;

    /// <summary>Where the GDT is: an offset in the page that becomes an address.</summary>
    public uint GdtBase;

    /// <summary>Nothing.</summary>
    public ushort Reserved;

    /// <summary>CR0 with paging.</summary>
    public uint Cr0;

    /// <summary>Root of the page tables that long mode begins with, below 4 GiB.</summary>
    public uint Cr3;

    /// <summary>CR4 while paging is off.</summary>
    public uint Cr4;

    /// <summary>EFER.</summary>
    public uint Efer;

    /// <summary>Where the image goes on.</summary>
    public ulong Entry;
}
