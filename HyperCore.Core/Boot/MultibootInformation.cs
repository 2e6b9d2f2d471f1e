namespace HyperCore.Core.Boot;

/// <summary>Offsets in the Multiboot information structure and what it points to (Multiboot Specification 0.6.96, 3.3).</summary>
internal static class MultibootInformation
{
    /// <summary>EAX at entry.</summary>
    public const uint BootloaderMagic = 0x2BAD_B002;

    public const int Flags = 0;
    public const int MemLower = 4;
    public const int MemUpper = 8;
    public const int Cmdline = 16;
    public const int ModsCount = 20;
    public const int ModsAddr = 24;
    public const int MmapLength = 44;
    public const int MmapAddr = 48;
    public const int BootLoaderName = 64;
    public const int FramebufferAddr = 88;
    public const int FramebufferPitch = 96;
    public const int FramebufferWidth = 100;
    public const int FramebufferHeight = 104;
    public const int FramebufferBpp = 108;
    public const int FramebufferType = 109;
    public const int RedFieldPosition = 110;
    public const int RedMaskSize = 111;
    public const int GreenFieldPosition = 112;
    public const int GreenMaskSize = 113;
    public const int BlueFieldPosition = 114;
    public const int BlueMaskSize = 115;
    public const int Size = 116;

    public const uint HasMemory = 1;
    public const uint HasCmdline = 1 << 2;
    public const uint HasModules = 1 << 3;
    public const uint HasMmap = 1 << 6;
    public const uint HasBootLoaderName = 1 << 9;
    public const uint HasFramebuffer = 1 << 12;

    /// <summary>framebuffer_type: direct colour.</summary>
    public const byte FramebufferRgb = 1;

    /// <summary>mod_start, mod_end, string, reserved.</summary>
    public const int ModuleSize = 16;

    /// <summary>size, base_addr, length, type.</summary>
    public const int MmapEntrySize = 24;

    /// <summary>What an entry's size field holds: it does not count itself.</summary>
    public const uint MmapEntrySizeField = 20;
}
