using System;
using System.Buffers.Binary;
using HyperCore.Core.Paging;

namespace HyperCore.Core.Firmware;

/// <summary>
/// What the firmware's runtime services need to be mapped, from the memory map (UEFI 2.10, 7.2.3), and with which rights, from the memory
/// attributes table (4.6.4) where the firmware has one. Later entries are about parts of earlier ones.
/// </summary>
public sealed class RuntimeRegions
{
    /// <summary>The most entries there can be: firmware has a dozen regions, and three attributes entries for each runtime driver.</summary>
    public const int Capacity = 640;

    private const ulong PageSize = HostPageTables.PageSize;
    private const ulong PhysicalLimit = 1ul << 52;

    // EFI_MEMORY_DESCRIPTOR, UEFI 2.10, 7.2.3.
    private const int DescriptorMinimum = 40;
    private const int DescriptorStart = 8;
    private const int DescriptorPages = 24;
    private const int DescriptorAttribute = 32;
    private const uint RuntimeServicesCode = 5;
    private const uint MemoryMappedIo = 11;
    private const uint MemoryMappedIoPortSpace = 12;
    private const ulong AttributeExecuteProtect = 0x4000;
    private const ulong AttributeReadOnly = 0x2_0000;
    private const ulong AttributeRuntime = 1ul << 63;

    // EFI_MEMORY_ATTRIBUTES_TABLE, UEFI 2.10, 4.6.4.
    private const int TableHeader = 16;
    private const int TableEntryCount = 4;
    private const int TableDescriptorSize = 8;

    private readonly RuntimeRegion[] _regions = new RuntimeRegion[Capacity];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Regions with code that can also be written, because the firmware does not say otherwise.</summary>
    public int WritableCode { get; private set; }

    /// <summary>An entry.</summary>
    public RuntimeRegion this[int index] => _regions.AsSpan(0, Count)[index];

    /// <summary>Bytes of a memory attributes table, which its header tells; 0 when the header is nonsense.</summary>
    /// <param name="header">Its first 16 bytes.</param>
    public static int TableLength(ReadOnlySpan<byte> header)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(TableEntryCount));
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(TableDescriptorSize));
        bool possible = count is > 0 and <= Capacity && size is >= DescriptorMinimum and <= 512;
        return possible ? TableHeader + (int)(count * size) : 0;
    }

    /// <summary>Reads what the firmware says.</summary>
    /// <param name="descriptors">The array GetMemoryMap() returned.</param>
    /// <param name="descriptorSize">Bytes from one descriptor to the next, which the firmware says.</param>
    /// <param name="attributes">The memory attributes table; empty when the firmware has none.</param>
    /// <returns>False when there are too many regions, or a size is impossible.</returns>
    public bool TryRead(ReadOnlySpan<byte> descriptors, int descriptorSize, ReadOnlySpan<byte> attributes)
    {
        Count = 0;
        if (descriptorSize < DescriptorMinimum)
        {
            return false;
        }

        for (; descriptors.Length >= descriptorSize; descriptors = descriptors.Slice(descriptorSize))
        {
            if (IsRuntime(descriptors) && !TryAdd(descriptors, AccessOf(TypeOf(descriptors))))
            {
                return false;
            }
        }

        if (!TryReadAttributes(attributes))
        {
            return false;
        }

        WritableCode = 0;
        for (int i = 0; i < Count; i++)
        {
            const HostPageAccess Both = HostPageAccess.Write | HostPageAccess.Execute;
            WritableCode += (_regions[i].Access & Both) == Both && !IsOverruled(i) ? 1 : 0;
        }

        return true;
    }

    /// <summary>
    /// A number for the runtime regions of a memory map, whatever else is in it: to see that they are still the same when boot services have ended.
    /// </summary>
    /// <param name="descriptors">The array GetMemoryMap() returned.</param>
    /// <param name="descriptorSize">Bytes from one descriptor to the next.</param>
    public static ulong Fingerprint(ReadOnlySpan<byte> descriptors, int descriptorSize)
    {
        ulong sum = 0;
        for (; descriptorSize >= DescriptorMinimum && descriptors.Length >= descriptorSize; descriptors = descriptors.Slice(descriptorSize))
        {
            if (IsRuntime(descriptors))
            {
                // FNV-1a of each region, added up, so that their order does not matter.
                ulong hash = 14_695_981_039_346_656_037;
                hash = (hash ^ TypeOf(descriptors)) * 1_099_511_628_211;
                hash = (hash ^ Read64(descriptors, DescriptorStart)) * 1_099_511_628_211;
                hash = (hash ^ Read64(descriptors, DescriptorPages)) * 1_099_511_628_211;
                sum += hash;
            }
        }

        return sum;
    }

    private bool TryReadAttributes(ReadOnlySpan<byte> table)
    {
        if (table.Length < TableHeader || TableLength(table) == 0 || TableLength(table) > table.Length)
        {
            return true;
        }

        int count = (int)BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(TableEntryCount));
        int size = (int)BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(TableDescriptorSize));
        int regions = Count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = table.Slice(TableHeader + (i * size), size);
            ulong attribute = Read64(entry, DescriptorAttribute);
            HostPageAccess access = HostPageAccess.Read
                | ((attribute & AttributeReadOnly) == 0 ? HostPageAccess.Write : HostPageAccess.None)
                | ((attribute & AttributeExecuteProtect) == 0 ? HostPageAccess.Execute : HostPageAccess.None);

            // The table only describes parts of what the memory map has: an entry elsewhere must not open anything.
            if (IsInside(entry, regions) && !TryAdd(entry, access))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsInside(ReadOnlySpan<byte> entry, int regions)
    {
        ulong start = Read64(entry, DescriptorStart);
        ulong pages = Read64(entry, DescriptorPages);
        for (int i = 0; i < regions; i++)
        {
            if (!_regions[i].IsDevice && start >= _regions[i].Start && start < _regions[i].End && pages <= (_regions[i].End - start) / PageSize)
            {
                return true;
            }
        }

        return false;
    }

    // What a later entry covers a part of has its rights from there, as far as the table goes.
    private bool IsOverruled(int index)
    {
        for (int i = index + 1; i < Count; i++)
        {
            if (_regions[i].Start < _regions[index].End && _regions[i].End > _regions[index].Start)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryAdd(ReadOnlySpan<byte> descriptor, HostPageAccess access)
    {
        ulong start = Read64(descriptor, DescriptorStart);
        ulong pages = Read64(descriptor, DescriptorPages);
        if (Count == Capacity || (start & (PageSize - 1)) != 0 || start >= PhysicalLimit || pages > (PhysicalLimit - start) / PageSize)
        {
            return false;
        }

        bool isDevice = TypeOf(descriptor) is MemoryMappedIo or MemoryMappedIoPortSpace;
        if (pages > 0)
        {
            _regions[Count++] = new RuntimeRegion(start, pages * PageSize, access, isDevice);
        }

        return true;
    }

    private static HostPageAccess AccessOf(uint type) => HostPageAccess.Read | HostPageAccess.Write
        | (type == RuntimeServicesCode ? HostPageAccess.Execute : HostPageAccess.None);

    private static bool IsRuntime(ReadOnlySpan<byte> descriptor) => (Read64(descriptor, DescriptorAttribute) & AttributeRuntime) != 0;

    private static uint TypeOf(ReadOnlySpan<byte> descriptor) => BinaryPrimitives.ReadUInt32LittleEndian(descriptor);

    private static ulong Read64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Slice(offset));
}
