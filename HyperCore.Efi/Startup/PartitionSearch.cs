using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>Looks for a partition of the machine that has a certain file, for a HyperCore that was not started from a partition.</summary>
internal static unsafe class PartitionSearch
{
    /// <summary>Opens the first file system, in the firmware's order, that has a file.</summary>
    /// <param name="services">The firmware.</param>
    /// <param name="path">Zero-terminated, with backslashes.</param>
    /// <returns>Its root; null when there is none.</returns>
    public static EFI_FILE_PROTOCOL* Find(EFI_BOOT_SERVICES* services, char* path)
    {
        EFI_FILE_PROTOCOL* root = FindConnected(services, path);
        if (root == null)
        {
            // UEFI 2.10, 3.1.7: a firmware in a hurry connects only what its boot option needs, and that was the flash.
            ConnectEverything(services);
            root = FindConnected(services, path);
        }

        return root;
    }

    private static EFI_FILE_PROTOCOL* FindConnected(EFI_BOOT_SERVICES* services, char* path)
    {
        EFI_GUID guid = EFI_GUID.EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
        nuint count = 0;
        void** handles = null;
        if (services->LocateHandleBuffer(EFI_LOCATE_SEARCH_TYPE.ByProtocol, &guid, null, &count, &handles) != EFI_STATUS.EFI_SUCCESS)
        {
            return null;
        }

        EFI_FILE_PROTOCOL* found = null;
        for (nuint i = 0; i < count && found == null; i++)
        {
            found = OpenIfItHas(services, handles[i], path);
        }

        services->FreePool(handles);
        return found;
    }

    private static EFI_FILE_PROTOCOL* OpenIfItHas(EFI_BOOT_SERVICES* services, void* device, char* path)
    {
        EFI_GUID guid = EFI_GUID.EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
        EFI_SIMPLE_FILE_SYSTEM_PROTOCOL* fileSystem = null;
        EFI_FILE_PROTOCOL* root = null;
        if (services->HandleProtocol(device, &guid, (void**)&fileSystem) != EFI_STATUS.EFI_SUCCESS
            || fileSystem->OpenVolume(fileSystem, &root) != EFI_STATUS.EFI_SUCCESS)
        {
            return null;
        }

        EFI_FILE_PROTOCOL* file = null;
        if (root->Open(root, &file, path, EFI_FILE_PROTOCOL.EFI_FILE_MODE_READ, 0) == EFI_STATUS.EFI_SUCCESS && file != null)
        {
            file->Close(file);
            return root;
        }

        root->Close(root);
        return null;
    }

    private static void ConnectEverything(EFI_BOOT_SERVICES* services)
    {
        nuint count = 0;
        void** handles = null;
        if (services->LocateHandleBuffer(EFI_LOCATE_SEARCH_TYPE.AllHandles, null, null, &count, &handles) != EFI_STATUS.EFI_SUCCESS)
        {
            return;
        }

        for (nuint i = 0; i < count; i++)
        {
            services->ConnectController(handles[i], null, null, 1);
        }

        services->FreePool(handles);
    }
}
