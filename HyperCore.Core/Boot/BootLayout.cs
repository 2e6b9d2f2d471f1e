namespace HyperCore.Core.Boot;

/// <summary>Where the loaders put their own tables, all in conventional memory, which kernels are never loaded into.</summary>
internal static class BootLayout
{
    /// <summary>The GDT that the first segment registers were loaded from.</summary>
    public const ulong Gdt = 0x500;

    /// <summary>Linux: boot_params, one page.</summary>
    public const ulong ZeroPage = 0x7000;

    /// <summary>Linux: PML4, then the page-directory-pointer table, then page directories, one page each.</summary>
    public const ulong PageTables = 0x9000;

    /// <summary>Multiboot: the information structure, and after it everything it points to but the modules.</summary>
    public const ulong MultibootInformation = 0x9000;

    /// <summary>Multiboot: the end of the area at <see cref="MultibootInformation"/>.</summary>
    public const ulong MultibootInformationEnd = 0x9_0000;

    /// <summary>Linux: the command line.</summary>
    public const ulong CommandLine = 0x2_0000;

    /// <summary>Linux: room for the command line, its terminating zero included.</summary>
    public const int CommandLineRoom = 0x1_0000;

    /// <summary>No kernel is loaded below this address.</summary>
    public const ulong KernelFloor = 0x10_0000;

    /// <summary>Code selector of the entry state (__BOOT_CS).</summary>
    public const ushort CodeSelector = 0x10;

    /// <summary>Data selector of the entry state (__BOOT_DS).</summary>
    public const ushort DataSelector = 0x18;
}
