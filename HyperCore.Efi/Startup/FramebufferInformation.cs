using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>The linear framebuffer the firmware's graphics output protocol describes.</summary>
public sealed unsafe class FramebufferInformation
{
    private FramebufferInformation(EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE* mode, EFI_PIXEL_BITMASK masks)
    {
        Address = mode->FrameBufferBase;
        Length = mode->FrameBufferSize;
        Width = (int)mode->Info->HorizontalResolution;
        Height = (int)mode->Info->VerticalResolution;
        PixelsPerScanLine = (int)mode->Info->PixelsPerScanLine;
        RedMask = masks.RedMask;
        GreenMask = masks.GreenMask;
        BlueMask = masks.BlueMask;
        ReservedMask = masks.ReservedMask;
    }

    /// <summary>Physical address of the first pixel.</summary>
    public ulong Address { get; }

    /// <summary>Bytes of the framebuffer.</summary>
    public ulong Length { get; }

    /// <summary>Pixels of a line that are shown.</summary>
    public int Width { get; }

    /// <summary>Lines.</summary>
    public int Height { get; }

    /// <summary>Pixels from the start of a line to the start of the next; a pixel has 4 bytes.</summary>
    public int PixelsPerScanLine { get; }

    /// <summary>The bits of a pixel that are red.</summary>
    public uint RedMask { get; }

    /// <summary>The bits of a pixel that are green.</summary>
    public uint GreenMask { get; }

    /// <summary>The bits of a pixel that are blue.</summary>
    public uint BlueMask { get; }

    /// <summary>The bits of a pixel that mean nothing.</summary>
    public uint ReservedMask { get; }

    /// <summary>Asks the firmware for the screen it shows its own messages on, or failing that for any other.</summary>
    /// <returns>Null when there is no graphics output that can be written to as memory.</returns>
    internal static FramebufferInformation? Find(EFI_SYSTEM_TABLE* table)
    {
        // The console's handle may stand for several screens at once; it has a framebuffer only when there is one.
        EFI_BOOT_SERVICES* services = table->BootServices;
        FramebufferInformation? found = Read(services, table->ConsoleOutHandle);
        if (found != null)
        {
            return found;
        }

        EFI_GUID guid = EFI_GUID.EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
        void** handles = null;
        nuint count = 0;
        if (services->LocateHandleBuffer(EFI_LOCATE_SEARCH_TYPE.ByProtocol, &guid, null, &count, &handles) != EFI_STATUS.EFI_SUCCESS)
        {
            return null;
        }

        for (nuint i = 0; i < count && found == null; i++)
        {
            found = Read(services, handles[i]);
        }

        services->FreePool(handles);
        return found;
    }

    private static FramebufferInformation? Read(EFI_BOOT_SERVICES* services, void* handle)
    {
        EFI_GUID guid = EFI_GUID.EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
        EFI_GRAPHICS_OUTPUT_PROTOCOL* graphics = null;
        if (handle == null || services->HandleProtocol(handle, &guid, (void**)&graphics) != EFI_STATUS.EFI_SUCCESS || graphics == null)
        {
            return null;
        }

        EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE* mode = graphics->Mode;
        if (mode == null || mode->Info == null || mode->FrameBufferBase == 0 || !TryGetMasks(mode->Info, out EFI_PIXEL_BITMASK masks))
        {
            return null;
        }

        // A description that does not fit its own memory would have HyperCore write elsewhere.
        ulong lines = mode->Info->VerticalResolution;
        ulong needed = lines * mode->Info->PixelsPerScanLine * sizeof(uint);
        bool sound = mode->Info->HorizontalResolution is > 0 and <= 16384 && lines is > 0 and <= 16384
            && mode->Info->PixelsPerScanLine >= mode->Info->HorizontalResolution && mode->Info->PixelsPerScanLine <= 65536
            && needed <= mode->FrameBufferSize;
        return sound ? new FramebufferInformation(mode, masks) : null;
    }

    private static bool TryGetMasks(EFI_GRAPHICS_OUTPUT_MODE_INFORMATION* mode, out EFI_PIXEL_BITMASK masks)
    {
        masks = mode->PixelInformation;
        switch (mode->PixelFormat)
        {
            case EFI_GRAPHICS_PIXEL_FORMAT.PixelRedGreenBlueReserved8BitPerColor:
                masks.RedMask = 0xFF;
                masks.GreenMask = 0xFF00;
                masks.BlueMask = 0xFF_0000;
                masks.ReservedMask = 0xFF00_0000;
                return true;
            case EFI_GRAPHICS_PIXEL_FORMAT.PixelBlueGreenRedReserved8BitPerColor:
                masks.RedMask = 0xFF_0000;
                masks.GreenMask = 0xFF00;
                masks.BlueMask = 0xFF;
                masks.ReservedMask = 0xFF00_0000;
                return true;
            case EFI_GRAPHICS_PIXEL_FORMAT.PixelBitMask:
                // A pixel is as wide as its highest mask bit; only 4 bytes are supported.
                return ((masks.RedMask | masks.GreenMask | masks.BlueMask | masks.ReservedMask) & 0xFF00_0000) != 0;
            default:
                return false;
        }
    }
}
