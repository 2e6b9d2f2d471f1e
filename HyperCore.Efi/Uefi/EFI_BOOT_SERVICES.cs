using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_BOOT_SERVICES, UEFI 2.10, 4.4 and chapter 7. What HyperCore does not call is an untyped pointer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EFI_BOOT_SERVICES
{
    /// <summary>The header.</summary>
    public EFI_TABLE_HEADER Hdr;

    /// <summary>Raises the task priority.</summary>
    public void* RaiseTPL;

    /// <summary>Lowers it again.</summary>
    public void* RestoreTPL;

    /// <summary>Allocates pages: kind of allocation, memory type, number of pages, address.</summary>
    public delegate* unmanaged<EFI_ALLOCATE_TYPE, EFI_MEMORY_TYPE, nuint, ulong*, EFI_STATUS> AllocatePages;

    /// <summary>Frees pages: address, number of pages.</summary>
    public delegate* unmanaged<ulong, nuint, EFI_STATUS> FreePages;

    /// <summary>Reads the memory map: size of the buffer and then of the map, buffer, key, size of a descriptor, its version.</summary>
    public delegate* unmanaged<nuint*, EFI_MEMORY_DESCRIPTOR*, nuint*, nuint*, uint*, EFI_STATUS> GetMemoryMap;

    /// <summary>Allocates bytes.</summary>
    public void* AllocatePool;

    /// <summary>Frees them: address.</summary>
    public delegate* unmanaged<void*, EFI_STATUS> FreePool;

    /// <summary>Creates an event.</summary>
    public void* CreateEvent;

    /// <summary>Sets a timer event.</summary>
    public void* SetTimer;

    /// <summary>Waits for one of several events.</summary>
    public void* WaitForEvent;

    /// <summary>Signals an event.</summary>
    public void* SignalEvent;

    /// <summary>Closes an event.</summary>
    public void* CloseEvent;

    /// <summary>Asks whether an event is signalled.</summary>
    public void* CheckEvent;

    /// <summary>Installs a protocol.</summary>
    public void* InstallProtocolInterface;

    /// <summary>Replaces a protocol.</summary>
    public void* ReinstallProtocolInterface;

    /// <summary>Removes a protocol.</summary>
    public void* UninstallProtocolInterface;

    /// <summary>Finds a protocol on a handle: handle, protocol, its interface.</summary>
    public delegate* unmanaged<void*, EFI_GUID*, void**, EFI_STATUS> HandleProtocol;

    /// <summary>Nothing.</summary>
    public void* Reserved;

    /// <summary>Asks to be told of new protocols.</summary>
    public void* RegisterProtocolNotify;

    /// <summary>Lists handles.</summary>
    public void* LocateHandle;

    /// <summary>Finds the device on a path.</summary>
    public void* LocateDevicePath;

    /// <summary>Installs a configuration table.</summary>
    public void* InstallConfigurationTable;

    /// <summary>Loads an image.</summary>
    public void* LoadImage;

    /// <summary>Starts an image.</summary>
    public void* StartImage;

    /// <summary>Ends an image.</summary>
    public void* Exit;

    /// <summary>Unloads an image.</summary>
    public void* UnloadImage;

    /// <summary>Ends boot services: image, key of the latest memory map.</summary>
    public delegate* unmanaged<void*, nuint, EFI_STATUS> ExitBootServices;

    /// <summary>Counts.</summary>
    public void* GetNextMonotonicCount;

    /// <summary>Waits: microseconds.</summary>
    public delegate* unmanaged<nuint, EFI_STATUS> Stall;

    /// <summary>Sets the watchdog: seconds (0 = off), code, bytes of data, data.</summary>
    public delegate* unmanaged<nuint, ulong, nuint, char*, EFI_STATUS> SetWatchdogTimer;

    /// <summary>Connects drivers to a device: device, drivers to try first (may be null), path of the child (may be null), and to its children.</summary>
    public delegate* unmanaged<void*, void**, void*, byte, EFI_STATUS> ConnectController;

    /// <summary>Disconnects them.</summary>
    public void* DisconnectController;

    /// <summary>Opens a protocol.</summary>
    public void* OpenProtocol;

    /// <summary>Closes it.</summary>
    public void* CloseProtocol;

    /// <summary>Says who opened a protocol.</summary>
    public void* OpenProtocolInformation;

    /// <summary>Lists the protocols of a handle.</summary>
    public void* ProtocolsPerHandle;

    /// <summary>Lists handles: kind of search, protocol, key, number of handles, handles (to be freed with FreePool).</summary>
    public delegate* unmanaged<EFI_LOCATE_SEARCH_TYPE, EFI_GUID*, void*, nuint*, void***, EFI_STATUS> LocateHandleBuffer;

    /// <summary>Finds the first device with a protocol: protocol, registration (null), its interface.</summary>
    public delegate* unmanaged<EFI_GUID*, void*, void**, EFI_STATUS> LocateProtocol;

    /// <summary>Installs several protocols.</summary>
    public void* InstallMultipleProtocolInterfaces;

    /// <summary>Removes several protocols.</summary>
    public void* UninstallMultipleProtocolInterfaces;

    /// <summary>Computes a CRC-32.</summary>
    public void* CalculateCrc32;

    /// <summary>Copies memory.</summary>
    public void* CopyMem;

    /// <summary>Fills memory.</summary>
    public void* SetMem;

    /// <summary>Creates an event of a group.</summary>
    public void* CreateEventEx;
}
