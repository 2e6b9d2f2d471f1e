using System;
using HyperCore.Core.Firmware;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>Asks the firmware what only it knows: screen, tables, time, where HyperCore came from.</summary>
internal static unsafe class FirmwareFacts
{
    private const string InstalledPath = "\\EFI\\HyperCore\\HyperCore.efi";
    private const int MaxText = 255;
    private const int NodeHeaderBytes = 4;
    private const byte MediaDevicePath = 4;
    private const byte MediaFilePath = 4;
    private const int SecondsPerMinute = 60;

    /// <summary>Fills in what the firmware says.</summary>
    public static void Collect(StartupInformation information, EFI_SYSTEM_TABLE* table, EFI_LOADED_IMAGE_PROTOCOL* image)
    {
        information.Framebuffer = FramebufferInformation.Find(table);
        EFI_GUID acpi1 = EFI_GUID.ACPI_TABLE_GUID;
        EFI_GUID acpi2 = EFI_GUID.EFI_ACPI_20_TABLE_GUID;
        EFI_GUID smbios2 = EFI_GUID.SMBIOS_TABLE_GUID;
        EFI_GUID smbios3 = EFI_GUID.SMBIOS3_TABLE_GUID;
        information.RootSystemDescriptionPointer = FindTable(table, acpi2, acpi1);
        information.SmbiosEntryPoint = FindTable(table, smbios3, smbios2);
        information.FirmwareVendor = ToString(table->FirmwareVendor, MaxText);
        information.FirmwareRevision = table->FirmwareRevision;
        information.UefiRevision = table->Hdr.Revision;
        information.ImagePath = PathOf(image->FilePath);
        information.RuntimeServices = table->RuntimeServices;
        information.BootPath = BootPathOf(information, table, image);
        EFI_TIME time;
        EFI_STATUS status = table->RuntimeServices->GetTime(&time, null);
        information.WallClockTsc = Intrinsics.ReadTsc();
        information.WallClockSeconds = status == EFI_STATUS.EFI_SUCCESS ? SecondsOf(time) : 0;
    }

    /// <summary>Finds a configuration table; 0 when the firmware has none of that kind.</summary>
    public static ulong FindTable(EFI_SYSTEM_TABLE* table, in EFI_GUID guid) => FindTable(table, guid, guid);

    private static ulong FindTable(EFI_SYSTEM_TABLE* table, in EFI_GUID first, in EFI_GUID second)
    {
        ulong found = 0;
        for (nuint i = 0; i < table->NumberOfTableEntries; i++)
        {
            EFI_CONFIGURATION_TABLE* entry = table->ConfigurationTable + i;
            if (entry->VendorGuid.Is(first))
            {
                return (ulong)entry->VendorTable;
            }

            found = entry->VendorGuid.Is(second) ? (ulong)entry->VendorTable : found;
        }

        return found;
    }

    private static ulong SecondsOf(in EFI_TIME time)
    {
        if (!CalendarTime.TryToUnixSeconds(time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second, out ulong seconds))
        {
            return 0;
        }

        // Local time = UTC - TimeZone. Without a zone the clock is taken to be UTC.
        long minutes = time.TimeZone is >= -1440 and <= 1440 ? time.TimeZone : 0;
        return (ulong)((long)seconds + (minutes * SecondsPerMinute));
    }

    // UEFI 2.10, 10.3.5.4: the path may be spread over several nodes.
    private static string PathOf(EFI_DEVICE_PATH_PROTOCOL* node)
    {
        string path = "";
        while (node != null && node->Type != EFI_DEVICE_PATH_PROTOCOL.END_DEVICE_PATH_TYPE)
        {
            int length = node->Length[0] | (node->Length[1] << 8);
            if (length < NodeHeaderBytes)
            {
                break;
            }

            if (node->Type == MediaDevicePath && node->SubType == MediaFilePath)
            {
                string part = ToString((char*)((byte*)node + NodeHeaderBytes), Math.Min(MaxText, (length - NodeHeaderBytes) / sizeof(char)));
                path = path.Length == 0 || path[path.Length - 1] == '\\' || (part.Length > 0 && part[0] == '\\')
                    ? string.Concat(path, part)
                    : string.Concat(path, "\\", part);
            }

            node = (EFI_DEVICE_PATH_PROTOCOL*)((byte*)node + length);
        }

        return path;
    }

    // What a boot entry has to name. A copy at the path for removable media may be somebody else's the next day, when the partition is not
    // HyperCore's alone; HyperCore's own folder is not. In a firmware volume HyperCore is the file that was started, which has no path.
    private static byte[] BootPathOf(StartupInformation information, EFI_SYSTEM_TABLE* table, EFI_LOADED_IMAGE_PROTOCOL* image)
    {
        EFI_GUID guid = EFI_GUID.EFI_DEVICE_PATH_PROTOCOL_GUID;
        void* device = null;
        if (image->DeviceHandle == null || image->FilePath == null
            || table->BootServices->HandleProtocol(image->DeviceHandle, &guid, &device) != EFI_STATUS.EFI_SUCCESS)
        {
            return [];
        }

        Span<byte> buffer = stackalloc byte[DevicePath.MaxLength];
        ReadOnlySpan<byte> from = PathAt((EFI_DEVICE_PATH_PROTOCOL*)device);
        information.BootProgram = information.Files.IsBesideHyperCore(InstalledPath) ? InstalledPath : information.ImagePath;
        int length = information.BootProgram.Length > 0
            ? DevicePath.Build(from, information.BootProgram, buffer)
            : DevicePath.Join(from, PathAt(image->FilePath), buffer);
        ReadOnlySpan<byte> path = DevicePath.ShortForm(buffer.Slice(0, length));
        byte[] copy = new byte[path.Length];
        path.CopyTo(copy);
        return copy;
    }

    // As much of it as HyperCore deals with; its end is looked for there.
    private static ReadOnlySpan<byte> PathAt(EFI_DEVICE_PATH_PROTOCOL* path)
    {
        int length = 0;
        while (length < DevicePath.MaxLength)
        {
            var node = (EFI_DEVICE_PATH_PROTOCOL*)((byte*)path + length);
            int bytes = node->Length[0] | (node->Length[1] << 8);
            length += Math.Max(bytes, NodeHeaderBytes);
            if (node->Type == EFI_DEVICE_PATH_PROTOCOL.END_DEVICE_PATH_TYPE)
            {
                break;
            }
        }

        return new ReadOnlySpan<byte>(path, Math.Min(length, DevicePath.MaxLength));
    }

    private static string ToString(char* text, int limit)
    {
        int length = 0;
        while (text != null && length < limit && text[length] != '\0')
        {
            length++;
        }

        return new string(new ReadOnlySpan<char>(text, length));
    }
}
