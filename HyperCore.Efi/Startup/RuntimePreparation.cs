using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Paging;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// Prepares, while boot services are there, what is needed to call runtime services without them: the address space for it. Nothing here keeps
/// HyperCore from starting; what goes wrong is a reason why the firmware's variables cannot be used.
/// </summary>
internal sealed unsafe class RuntimePreparation
{
    // EFI_RT_PROPERTIES_TABLE, UEFI 2.10, 4.6.2.
    private const int SupportedOffset = 4;
    private const uint GetVariable = 0x10;
    private const uint SetVariable = 0x40;

    private const int AttributesHeader = 16;
    private const string BadMap = "the firmware's memory map does not say properly where its runtime services are";

    private readonly EFI_SYSTEM_TABLE* _table;
    private readonly RuntimeRegions _regions = new();
    private ulong _fingerprint;

    /// <summary>Prepares nothing yet.</summary>
    public RuntimePreparation(EFI_SYSTEM_TABLE* table)
    {
        _table = table;
        ulong properties = FirmwareFacts.FindTable(table, EFI_GUID.EFI_RT_PROPERTIES_TABLE_GUID);
        uint supported = properties == 0 ? uint.MaxValue : *(uint*)(properties + SupportedOffset);
        if ((supported & (GetVariable | SetVariable)) != (GetVariable | SetVariable))
        {
            Obstacle = "the firmware says that its variables cannot be used once an operating system runs";
        }
    }

    /// <summary>Why runtime services cannot be called, in plain words; null when they can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Where the page tables are; 0 when there are none.</summary>
    public ulong Address { get; private set; }

    /// <summary>Pages that they take.</summary>
    public int Frames { get; private set; }

    /// <summary>The page tables for calls.</summary>
    public HostPageTables? Tables { get; private set; }

    /// <summary>Takes memory for the tables.</summary>
    /// <param name="map">The firmware's memory map.</param>
    /// <param name="ownFrames">Frames that HyperCore's own tables need.</param>
    public void TakeMemory(FirmwareMemoryMap map, int ownFrames)
    {
        if (Obstacle == null && !TryReadRegions(map))
        {
            Obstacle = BadMap;
        }

        if (Obstacle != null)
        {
            return;
        }

        int frames = ownFrames + RuntimeAddressSpace.FramesNeeded(_regions);
        ulong address = 0;
        if (_table->BootServices->AllocatePages(EFI_ALLOCATE_TYPE.AllocateAnyPages, EFI_MEMORY_TYPE.EfiReservedMemoryType, (nuint)frames, &address) != EFI_STATUS.EFI_SUCCESS)
        {
            Obstacle = "there was no memory for the page tables with which the firmware is called";
            return;
        }

        Address = address;
        Frames = frames;
    }

    /// <summary>Starts tables for calls; null when there will be none. They are to be given all that HyperCore's own tables have.</summary>
    public HostPageTables? Create(bool gigabytePages)
    {
        if (Obstacle == null)
        {
            Tables = new HostPageTables((byte*)Address, Address, Frames, gigabytePages, HostPaging.HasFiveLevels) { AllowsWritableCode = true };
        }

        return Tables;
    }

    /// <summary>Adds the firmware's own regions to the tables.</summary>
    /// <param name="map">The firmware's memory map.</param>
    /// <param name="isComplete">Everything else is mapped.</param>
    public void Finish(FirmwareMemoryMap map, bool isComplete)
    {
        if (Obstacle != null)
        {
            return;
        }

        if (!isComplete || !TryReadRegions(map) || !RuntimeAddressSpace.TryMap(Tables!, _regions))
        {
            Obstacle = BadMap;
        }
        else if (!IsCode((ulong)_table->RuntimeServices->GetVariable) || !IsCode((ulong)_table->RuntimeServices->SetVariable))
        {
            Obstacle = "the firmware's runtime services do not lie where its memory map says that there is code of theirs";
        }

        FreeWhatIsLeft();
    }

    /// <summary>Sees, once boot services have ended, that the regions are still where they were.</summary>
    public void Check(FirmwareMemoryMap map)
    {
        if (Obstacle == null && RuntimeRegions.Fingerprint(map.Descriptors, map.DescriptorSize) != _fingerprint)
        {
            Obstacle = "the firmware moved its runtime services when its boot services ended";
        }
    }

    /// <summary>Says what came of it.</summary>
    public void WriteTo(Log log)
    {
        if (Obstacle != null)
        {
            log.Write(LogLevel.Debug, $"firmware: variables=no reason=\"{Obstacle}\"");
        }
        else
        {
            log.Write(LogLevel.Debug, $"firmware: variables=yes regions={_regions.Count} writable-code={_regions.WritableCode} tables={Tables!.FramesUsed * 4}K");
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Free()
    {
        if (Address != 0)
        {
            _table->BootServices->FreePages(Address, (nuint)Frames);
            Address = 0;
        }
    }

    // Nothing will be mapped later: what the tables could have needed at most is given back but for what they do need.
    private void FreeWhatIsLeft()
    {
        int used = Obstacle == null ? Tables!.FramesUsed : 0;
        if (used < Frames)
        {
            _table->BootServices->FreePages(Address + ((ulong)used * HostPageTables.PageSize), (nuint)(Frames - used));
        }

        Frames = used;
        Address = used == 0 ? 0 : Address;
    }

    private bool TryReadRegions(FirmwareMemoryMap map)
    {
        ulong attributes = FirmwareFacts.FindTable(_table, EFI_GUID.EFI_MEMORY_ATTRIBUTES_TABLE_GUID);
        ReadOnlySpan<byte> table = default;
        if (attributes != 0)
        {
            int length = RuntimeRegions.TableLength(new ReadOnlySpan<byte>((void*)attributes, AttributesHeader));
            table = new ReadOnlySpan<byte>((void*)attributes, length);
        }

        _fingerprint = RuntimeRegions.Fingerprint(map.Descriptors, map.DescriptorSize);
        return _regions.TryRead(map.Descriptors, map.DescriptorSize, table) && _regions.Count > 0;
    }

    private bool IsCode(ulong address) =>
        Tables!.TryTranslate(address, out _, out HostPageAccess access, out _) && (access & HostPageAccess.Execute) != 0;
}
