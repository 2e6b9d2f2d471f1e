using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_TIME, UEFI 2.10, 8.3.1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_TIME
{
    /// <summary><see cref="TimeZone"/> when the time is local and nobody knows where.</summary>
    public const short EFI_UNSPECIFIED_TIMEZONE = 0x07FF;

    /// <summary>1900 to 9999.</summary>
    public ushort Year;

    /// <summary>1 to 12.</summary>
    public byte Month;

    /// <summary>1 to 31.</summary>
    public byte Day;

    /// <summary>0 to 23.</summary>
    public byte Hour;

    /// <summary>0 to 59.</summary>
    public byte Minute;

    /// <summary>0 to 59.</summary>
    public byte Second;

    /// <summary>Nothing.</summary>
    public byte Pad1;

    /// <summary>0 to 999,999,999.</summary>
    public uint Nanosecond;

    /// <summary>Minutes that local time is behind UTC, -1440 to 1440, or <see cref="EFI_UNSPECIFIED_TIMEZONE"/>.</summary>
    public short TimeZone;

    /// <summary>Whether daylight saving applies.</summary>
    public byte Daylight;

    /// <summary>Nothing.</summary>
    public byte Pad2;
}
