using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE, UEFI 2.10, 12.9.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE
{
    /// <summary>Number of modes.</summary>
    public uint MaxMode;

    /// <summary>The current one.</summary>
    public uint Mode;

    /// <summary>What it looks like.</summary>
    public EFI_GRAPHICS_OUTPUT_MODE_INFORMATION* Info;

    /// <summary>Bytes of <see cref="Info"/>.</summary>
    public nuint SizeOfInfo;

    /// <summary>Physical address of the framebuffer.</summary>
    public ulong FrameBufferBase;

    /// <summary>Its size in bytes.</summary>
    public nuint FrameBufferSize;
}
