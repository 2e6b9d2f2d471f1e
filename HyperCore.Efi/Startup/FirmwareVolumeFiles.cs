using System;
using HyperCore.Core.Boot;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// The files for HyperCore in the firmware volume it was started from: freeform files with a user interface section, which is the path, and a raw
/// section, which is the content. Not after ExitBootServices.
/// </summary>
internal sealed unsafe class FirmwareVolumeFiles
{
    // EDK2's key is a pointer; more than this nobody needs to find the next file.
    private const int MaxKeyBytes = 64;

    private readonly EFI_BOOT_SERVICES* _services;
    private readonly EFI_FIRMWARE_VOLUME2_PROTOCOL* _volume;

    private FirmwareVolumeFiles(EFI_BOOT_SERVICES* services, EFI_FIRMWARE_VOLUME2_PROTOCOL* volume)
    {
        _services = services;
        _volume = volume;
    }

    /// <summary>The volume that a device is; null when it is none.</summary>
    public static FirmwareVolumeFiles? Of(EFI_BOOT_SERVICES* services, void* device)
    {
        EFI_GUID guid = EFI_GUID.EFI_FIRMWARE_VOLUME2_PROTOCOL_GUID;
        EFI_FIRMWARE_VOLUME2_PROTOCOL* volume = null;
        return device != null && services->HandleProtocol(device, &guid, (void**)&volume) == EFI_STATUS.EFI_SUCCESS && volume->KeySize <= MaxKeyBytes
            ? new FirmwareVolumeFiles(services, volume)
            : null;
    }

    /// <summary>Looks for a file.</summary>
    /// <param name="path">The path that its user interface section must have.</param>
    /// <param name="name">The file's name in the volume.</param>
    public bool TryFind(string path, out EFI_GUID name)
    {
        // PI 1.7, volume 3, 3.4.1.6: a key of zeros begins with the first file.
        byte* key = stackalloc byte[MaxKeyBytes];
        new Span<byte>(key, MaxKeyBytes).Clear();
        EFI_GUID found = default;
        while (true)
        {
            byte type = EFI_FIRMWARE_VOLUME2_PROTOCOL.EFI_FV_FILETYPE_FREEFORM;
            uint attributes = 0;
            nuint bytes = 0;
            if (_volume->GetNextFile(_volume, key, &type, &found, &attributes, &bytes) != EFI_STATUS.EFI_SUCCESS)
            {
                name = default;
                return false;
            }

            if (IsCalled(&found, path))
            {
                name = found;
                return true;
            }
        }
    }

    /// <summary>Reads a file's content.</summary>
    /// <param name="name">From <see cref="TryFind"/>.</param>
    /// <param name="content">The content, to be freed with FreePool.</param>
    /// <param name="length">Its bytes.</param>
    public EFI_STATUS Read(EFI_GUID name, out byte* content, out nuint length)
        => ReadSection(&name, EFI_FIRMWARE_VOLUME2_PROTOCOL.EFI_SECTION_RAW, out content, out length);

    private bool IsCalled(EFI_GUID* name, string path)
    {
        if (ReadSection(name, EFI_FIRMWARE_VOLUME2_PROTOCOL.EFI_SECTION_USER_INTERFACE, out byte* text, out nuint bytes) != EFI_STATUS.EFI_SUCCESS)
        {
            return false;
        }

        var characters = new ReadOnlySpan<char>(text, (int)(bytes / sizeof(char)));
        int length = characters.IndexOf('\0');
        bool same = FilePath.IsSame(length < 0 ? characters : characters.Slice(0, length), path);
        _services->FreePool(text);
        return same;
    }

    private EFI_STATUS ReadSection(EFI_GUID* name, byte type, out byte* content, out nuint length)
    {
        void* buffer = null;
        nuint bytes = 0;
        uint authentication = 0;
        EFI_STATUS status = _volume->ReadSection(_volume, name, type, 0, &buffer, &bytes, &authentication);
        content = (byte*)buffer;
        length = bytes;
        return status;
    }
}
