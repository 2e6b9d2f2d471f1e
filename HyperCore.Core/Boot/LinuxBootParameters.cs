namespace HyperCore.Core.Boot;

/// <summary>
/// Offsets in struct boot_params, the zero page (Linux x86 boot protocol 2.15, "Zero Page"; arch/x86/include/uapi/asm/bootparam.h and
/// include/uapi/linux/screen_info.h). The names are those of the headers.
/// </summary>
internal static class LinuxBootParameters
{
    public const int Size = 4096;

    // struct screen_info, at offset 0.
    public const int OrigVideoIsVga = 0x0F;
    public const int LfbWidth = 0x12;
    public const int LfbHeight = 0x14;
    public const int LfbDepth = 0x16;
    public const int LfbBase = 0x18;
    public const int LfbSize = 0x1C;
    public const int LfbLineLength = 0x24;
    public const int RedSize = 0x26;
    public const int RedPos = 0x27;
    public const int GreenSize = 0x28;
    public const int GreenPos = 0x29;
    public const int BlueSize = 0x2A;
    public const int BluePos = 0x2B;
    public const int RsvdSize = 0x2C;
    public const int RsvdPos = 0x2D;
    public const int Pages = 0x32;
    public const int Capabilities = 0x36;
    public const int ExtLfbBase = 0x3A;

    /// <summary>orig_video_isVGA: a framebuffer that EFI set up; the driver is efifb.</summary>
    public const byte VideoTypeEfi = 0x70;

    /// <summary>capabilities: ext_lfb_base holds the upper half of the address.</summary>
    public const uint VideoCapability64BitBase = 2;

    public const int AcpiRsdpAddr = 0x070;
    public const int ExtRamdiskImage = 0x0C0;
    public const int ExtRamdiskSize = 0x0C4;
    public const int ExtCmdLinePtr = 0x0C8;
    public const int E820Entries = 0x1E8;
    public const int E820Table = 0x2D0;
    public const int E820EntrySize = 20;

    // struct setup_header; the same offsets in a bzImage.
    public const int SetupSects = 0x1F1;
    public const int SysSize = 0x1F4;
    public const int VidMode = 0x1FA;
    public const int BootFlag = 0x1FE;
    public const int JumpLength = 0x201;
    public const int Header = 0x202;
    public const int Version = 0x206;
    public const int TypeOfLoader = 0x210;
    public const int LoadFlags = 0x211;
    public const int Code32Start = 0x214;
    public const int RamdiskImage = 0x218;
    public const int RamdiskSize = 0x21C;
    public const int CmdLinePtr = 0x228;
    public const int InitrdAddrMax = 0x22C;
    public const int KernelAlignment = 0x230;
    public const int RelocatableKernel = 0x234;
    public const int XLoadFlags = 0x236;
    public const int CmdlineSize = 0x238;
    public const int HardwareSubarch = 0x23C;
    public const int SetupData = 0x250;
    public const int PrefAddress = 0x258;
    public const int InitSize = 0x260;

    /// <summary>setup_header ends here at the latest: edd_mbr_sig_buffer follows.</summary>
    public const int SetupHeaderLimit = 0x290;

    public const ushort BootFlagValue = 0xAA55;

    /// <summary>"HdrS".</summary>
    public const uint HeaderValue = 0x5372_6448;

    /// <summary>Since 2.12 xloadflags says whether there is a 64-bit entry point.</summary>
    public const ushort MinVersion = 0x020C;

    /// <summary>The protocol that HyperCore speaks.</summary>
    public const ushort OwnVersion = 0x020F;

    /// <summary>type_of_loader without an assigned number.</summary>
    public const byte UndefinedLoader = 0xFF;

    public const byte LoadedHigh = 1;
    public const byte CanUseHeap = 0x80;
    public const ushort XlfKernel64 = 1;

    /// <summary>Where the 64-bit entry point lies behind the load address.</summary>
    public const ulong Entry64Offset = 0x200;

    /// <summary>COMMAND_LINE_SIZE of x86 without the terminating zero, for kernels without a header.</summary>
    public const uint DefaultCmdlineSize = 2047;

    /// <summary>initrd_addr_max of all x86-64 kernels, for kernels without a header.</summary>
    public const uint DefaultInitrdAddrMax = 0x7FFF_FFFF;
}
