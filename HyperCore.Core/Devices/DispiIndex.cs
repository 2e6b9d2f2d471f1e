namespace HyperCore.Core.Devices;

/// <summary>The registers of the Bochs display interface (Bochs, "VBE Display API"; QEMU, "Standard VGA"), and the bits of the one that enables it.</summary>
public static class DispiIndex
{
    /// <summary>Version of the interface: <see cref="FirstId"/> to <see cref="LastId"/>.</summary>
    public const int Id = 0x0;

    /// <summary>Pixels in a line.</summary>
    public const int XRes = 0x1;

    /// <summary>Lines.</summary>
    public const int YRes = 0x2;

    /// <summary>Bits of a pixel.</summary>
    public const int Bpp = 0x3;

    /// <summary>Switches the mode on.</summary>
    public const int Enable = 0x4;

    /// <summary>Which 64 KiB are seen at A0000h.</summary>
    public const int Bank = 0x5;

    /// <summary>Pixels from one line to the next.</summary>
    public const int VirtualWidth = 0x6;

    /// <summary>Lines that video memory holds.</summary>
    public const int VirtualHeight = 0x7;

    /// <summary>First pixel of a line that is shown.</summary>
    public const int XOffset = 0x8;

    /// <summary>First line that is shown.</summary>
    public const int YOffset = 0x9;

    /// <summary>Size of video memory in units of 64 KiB; read-only.</summary>
    public const int VideoMemory64K = 0xA;

    /// <summary>Number of registers.</summary>
    public const int Count = 0xB;

    /// <summary>The oldest version.</summary>
    public const ushort FirstId = 0xB0C0;

    /// <summary>The newest version, which knows <see cref="VideoMemory64K"/>.</summary>
    public const ushort LastId = 0xB0C5;

    /// <summary>Bit of <see cref="Enable"/>: the mode is on.</summary>
    public const ushort Enabled = 0x01;

    /// <summary>Bit of <see cref="Enable"/>: resolution and depth read as the largest that are possible.</summary>
    public const ushort GetCapabilities = 0x02;

    /// <summary>Bit of <see cref="Enable"/>: video memory is seen as a whole.</summary>
    public const ushort LinearFramebuffer = 0x40;

    /// <summary>Bit of <see cref="Enable"/>: video memory is not cleared.</summary>
    public const ushort NoClear = 0x80;
}
