using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Memory;

/// <summary>
/// The machine's physical address space: ranges in ascending order that neither overlap nor touch a neighbour of the same kind. What no range
/// covers is address space without RAM.
/// </summary>
public sealed class HostMemoryMap
{
    /// <summary>The most ranges there can be; firmware lists 50 to 200.</summary>
    public const int Capacity = 512;

    private const ulong PageSize = 4096;
    private const ulong LowMemoryEnd = 0x10_0000;

    // The architectural limit of physical addresses, AMD APM vol. 2, 5.3: a descriptor beyond it is nonsense.
    private const ulong PhysicalLimit = 1ul << 52;

    // EFI_MEMORY_DESCRIPTOR, UEFI 2.10, 7.2.3.
    private const int DescriptorMinimum = 40;
    private const int DescriptorStart = 8;
    private const int DescriptorPages = 24;
    private const int DescriptorAttribute = 32;
    private const ulong AttributeWriteBack = 0x8;
    private const ulong AttributeSpecificPurpose = 0x4_0000;

    private readonly HostMemoryRange[] _ranges = new HostMemoryRange[Capacity];

    /// <summary>Number of ranges.</summary>
    public int Count { get; private set; }

    /// <summary>The range at <paramref name="index"/>, in ascending order.</summary>
    public HostMemoryRange this[int index] => _ranges.AsSpan(0, Count)[index];

    /// <summary>All ranges, in ascending order.</summary>
    public ReadOnlySpan<HostMemoryRange> Ranges => _ranges.AsSpan(0, Count);

    /// <summary>Bytes of RAM, whoever uses it.</summary>
    public ulong TotalRam
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < Count; i++)
            {
                total += _ranges[i].IsRam ? _ranges[i].Length : 0;
            }

            return total;
        }
    }

    /// <summary>The address after the last byte of RAM.</summary>
    public ulong TopOfRam
    {
        get
        {
            for (int i = Count - 1; i >= 0; i--)
            {
                if (_ranges[i].IsRam)
                {
                    return _ranges[i].End;
                }
            }

            return 0;
        }
    }

    /// <summary>Bytes of one kind.</summary>
    public ulong BytesOf(HostMemoryKind kind)
    {
        ulong total = 0;
        for (int i = 0; i < Count; i++)
        {
            total += _ranges[i].Kind == kind ? _ranges[i].Length : 0;
        }

        return total;
    }

    /// <summary>Finds the range that holds <paramref name="address"/>.</summary>
    public bool TryFind(ulong address, out HostMemoryRange range)
    {
        for (int i = 0; i < Count; i++)
        {
            if (address - _ranges[i].Start < _ranges[i].Length)
            {
                range = _ranges[i];
                return true;
            }
        }

        range = default;
        return false;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => Count = 0;

    /// <summary>
    /// Declares what a range is; it replaces what was said about it before. The range is rounded to whole pages: inwards when it is
    /// <see cref="HostMemoryKind.Free"/>, else outwards.
    /// </summary>
    /// <returns>False when there are too many ranges already or the range leaves the physical address space; nothing was changed then.</returns>
    public bool Set(ulong start, ulong length, HostMemoryKind kind)
    {
        if (start > PhysicalLimit || length > PhysicalLimit - start || Count + 2 > Capacity)
        {
            return false;
        }

        ulong end = start + length;
        if (kind == HostMemoryKind.Free)
        {
            start = (start + PageSize - 1) & ~(PageSize - 1);
            end &= ~(PageSize - 1);
        }
        else if (length != 0)
        {
            start &= ~(PageSize - 1);
            end = (end + PageSize - 1) & ~(PageSize - 1);
        }

        if (start < end)
        {
            Replace(start, end, kind);
        }

        return true;
    }

    /// <summary>
    /// Fills the map from the firmware's, as it was when boot services ended: what loaders and boot services used is free now (UEFI 2.10, table
    /// 7.10), except below 1 MiB.
    /// </summary>
    /// <param name="descriptors">The array GetMemoryMap() returned.</param>
    /// <param name="descriptorSize">Bytes from one descriptor to the next, which the firmware says.</param>
    /// <returns>False when there are too many ranges, or the size is impossible.</returns>
    public bool TryReadUefi(ReadOnlySpan<byte> descriptors, int descriptorSize)
    {
        Clear();
        if (descriptorSize < DescriptorMinimum)
        {
            return false;
        }

        // Firmware with overlapping descriptors exists. Free memory goes in first, so that any other claim to it wins.
        return TryReadUefi(descriptors, descriptorSize, free: true)
            && TryReadUefi(descriptors, descriptorSize, free: false)
            && TryKeepLowMemory();
    }

    private bool TryReadUefi(ReadOnlySpan<byte> descriptors, int descriptorSize, bool free)
    {
        for (; descriptors.Length >= descriptorSize; descriptors = descriptors.Slice(descriptorSize))
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(descriptors.Slice(DescriptorStart));
            ulong pages = BinaryPrimitives.ReadUInt64LittleEndian(descriptors.Slice(DescriptorPages));
            HostMemoryKind kind = KindOf(
                BinaryPrimitives.ReadUInt32LittleEndian(descriptors),
                BinaryPrimitives.ReadUInt64LittleEndian(descriptors.Slice(DescriptorAttribute)));
            if ((kind == HostMemoryKind.Free) != free || start >= PhysicalLimit)
            {
                continue;
            }

            ulong length = pages > (PhysicalLimit - start) / PageSize ? PhysicalLimit - start : pages * PageSize;
            if (!Set(start, length, kind))
            {
                return false;
            }
        }

        return true;
    }

    // EFI_MEMORY_TYPE, UEFI 2.10, 7.2.1.
    private static HostMemoryKind KindOf(uint type, ulong attribute) => type switch
    {
        // EfiLoaderCode, EfiLoaderData, EfiBootServicesCode, EfiBootServicesData, EfiConventionalMemory
        1 or 2 or 3 or 4 or 7 => (attribute & (AttributeWriteBack | AttributeSpecificPurpose)) == AttributeWriteBack ? HostMemoryKind.Free : HostMemoryKind.Reserved,
        5 or 6 => HostMemoryKind.Runtime,
        8 => HostMemoryKind.Unusable,
        9 => HostMemoryKind.AcpiReclaim,
        10 => HostMemoryKind.AcpiNvs,
        11 or 12 => HostMemoryKind.Mmio,
        _ => HostMemoryKind.Reserved,
    };

    private bool TryKeepLowMemory()
    {
        for (int i = 0; i < Count && _ranges[i].Start < LowMemoryEnd; i++)
        {
            HostMemoryRange range = _ranges[i];
            if (range.Kind == HostMemoryKind.Free)
            {
                if (!Set(range.Start, Math.Min(range.End, LowMemoryEnd) - range.Start, HostMemoryKind.LowMemory))
                {
                    return false;
                }

                // The range just written may have joined its neighbour: look again from the first.
                i = -1;
            }
        }

        return true;
    }

    private void Replace(ulong start, ulong end, HostMemoryKind kind)
    {
        int first = 0;
        while (first < Count && _ranges[first].End <= start)
        {
            first++;
        }

        int last = first;
        while (last < Count && _ranges[last].Start < end)
        {
            last++;
        }

        // What the ranges that are cut keep on either side; a neighbour that only touches counts as such a piece when it is of the same kind.
        HostMemoryRange left = default;
        HostMemoryRange right = default;
        if (first < last)
        {
            left = Piece(_ranges[first].Start, start, _ranges[first].Kind);
            right = Piece(end, _ranges[last - 1].End, _ranges[last - 1].Kind);
        }

        if (left.Length == 0 && first > 0 && _ranges[first - 1].End == start && _ranges[first - 1].Kind == kind)
        {
            left = _ranges[--first];
        }

        if (right.Length == 0 && last < Count && _ranges[last].Start == end && _ranges[last].Kind == kind)
        {
            right = _ranges[last++];
        }

        if (left.Length != 0 && left.Kind == kind)
        {
            start = left.Start;
            left = default;
        }

        if (right.Length != 0 && right.Kind == kind)
        {
            end = right.End;
            right = default;
        }

        int pieces = 1 + (left.Length != 0 ? 1 : 0) + (right.Length != 0 ? 1 : 0);
        _ranges.AsSpan(last, Count - last).CopyTo(_ranges.AsSpan(first + pieces));
        Count += pieces - (last - first);
        if (left.Length != 0)
        {
            _ranges[first++] = left;
        }

        _ranges[first++] = new HostMemoryRange(start, end - start, kind);
        if (right.Length != 0)
        {
            _ranges[first] = right;
        }
    }

    private static HostMemoryRange Piece(ulong start, ulong end, HostMemoryKind kind)
        => start < end ? new HostMemoryRange(start, end - start, kind) : default;
}
