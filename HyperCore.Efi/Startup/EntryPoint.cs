using System.Runtime;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// Where the firmware calls HyperCore. The firmware's copy of the image only makes another one in memory that will stay HyperCore's, and carries on
/// there; this side must not touch the heap or a static before the copy is made (see <see cref="ImageRelocator"/>).
/// </summary>
internal static unsafe class EntryPoint
{
    private const uint RefusalSeconds = 15;

    [RuntimeExport("EfiMain")]
    private static EFI_STATUS EfiMain(void* imageHandle, EFI_SYSTEM_TABLE* systemTable)
    {
        EFI_BOOT_SERVICES* services = systemTable->BootServices;
        var console = new FirmwareConsole(systemTable);
        EFI_GUID guid = EFI_GUID.EFI_LOADED_IMAGE_PROTOCOL_GUID;
        EFI_LOADED_IMAGE_PROTOCOL* image = null;
        EFI_STATUS status = services->HandleProtocol(imageHandle, &guid, (void**)&image);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            console.Refuse("the firmware does not say where it loaded HyperCore.", RefusalSeconds);
            return status;
        }

        ulong address = 0;
        var pages = (nuint)(new HostLayout(0, image->ImageSize).TotalBytes / HostLayout.PageSize);
        status = services->AllocatePages(EFI_ALLOCATE_TYPE.AllocateAnyPages, EFI_MEMORY_TYPE.EfiReservedMemoryType, pages, &address);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            console.Refuse("not enough memory: HyperCore needs 8 MiB in one piece for itself.", RefusalSeconds);
            return status;
        }

        var layout = new HostLayout(address, image->ImageSize);
        if (ImageRelocator.TryCopy(image->ImageBase, (byte*)layout.Image, image->ImageSize))
        {
            AllowExecution(services, layout);
            delegate*<void*, EFI_SYSTEM_TABLE*, EFI_LOADED_IMAGE_PROTOCOL*, HostLayout*, EFI_STATUS> here = &StartupSequence.Begin;
            var there = (delegate*<void*, EFI_SYSTEM_TABLE*, EFI_LOADED_IMAGE_PROTOCOL*, HostLayout*, EFI_STATUS>)
                ((ulong)here - (ulong)image->ImageBase + layout.Image);
            status = there(imageHandle, systemTable, image, &layout);
        }
        else
        {
            console.Refuse("the image cannot be moved: its relocations are missing or damaged.", RefusalSeconds);
            status = EFI_STATUS.EFI_LOAD_ERROR;
        }

        // HyperCore did not start after all.
        services->FreePages(address, pages);
        return status;
    }

    // Firmware that does not let data be executed, or code be written, can be told what this memory is for (UEFI 2.10, 37.7). W^X begins with
    // HyperCore's own page tables.
    private static void AllowExecution(EFI_BOOT_SERVICES* services, HostLayout layout)
    {
        EFI_GUID guid = EFI_GUID.EFI_MEMORY_ATTRIBUTE_PROTOCOL_GUID;
        EFI_MEMORY_ATTRIBUTE_PROTOCOL* attributes = null;
        if (services->LocateProtocol(&guid, null, (void**)&attributes) == EFI_STATUS.EFI_SUCCESS && attributes != null)
        {
            attributes->ClearMemoryAttributes(
                attributes,
                layout.Image,
                layout.ImageBytes,
                EFI_MEMORY_ATTRIBUTE_PROTOCOL.EFI_MEMORY_XP | EFI_MEMORY_ATTRIBUTE_PROTOCOL.EFI_MEMORY_RO);
        }
    }
}
