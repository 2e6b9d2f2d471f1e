using System;

namespace HyperCore.Core.Paging;

/// <summary>
/// HyperCore's own page tables: every mapping is identity, supervisor-only and global, and a page is never both writable and executable, unless
/// <see cref="AllowsWritableCode"/> says so. The tables live in one block of frames given at construction. AMD APM vol. 2, 5.3.
/// </summary>
public sealed unsafe class HostPageTables
{
    /// <summary>Bytes of a page and of a table.</summary>
    public const ulong PageSize = 4096;

    /// <summary>The PAT MSR these tables count on: power-on values, but PA4 is write-combining. AMD APM vol. 2, 7.8.1.</summary>
    public const ulong Pat = 0x0007_0401_0007_0406;

    private const HostPageAccess WriteAndExecute = HostPageAccess.Write | HostPageAccess.Execute;
    private const int EntriesPerTable = 512;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong Present = 1 << 0;
    private const ulong Writable = 1 << 1;
    private const ulong WriteThrough = 1 << 3;
    private const ulong CacheDisable = 1 << 4;
    private const ulong Accessed = 1 << 5;
    private const ulong Dirty = 1 << 6;
    private const ulong LargePage = 1 << 7;
    private const ulong Global = 1 << 8;
    private const ulong PatSmall = 1 << 7;
    private const ulong PatLarge = 1 << 12;
    private const ulong NoExecute = 1ul << 63;

    // Levels count up from the page table (0) to the root: 3 is PML4, 4 is PML5.
    private const int PageLevel = 0;
    private const int Pml4Level = 3;

    private readonly byte* _frames;
    private readonly ulong _physical;
    private readonly int _frameCount;
    private readonly int _rootLevel;
    private readonly int _largestPageLevel;

    /// <summary>Starts empty tables: nothing is mapped.</summary>
    /// <param name="frames">Where the tables go, page-aligned.</param>
    /// <param name="physical">Physical address of <paramref name="frames"/>.</param>
    /// <param name="frameCount">Number of frames there, at least one.</param>
    /// <param name="gigabytePages">The processor has 1-GiB pages (CPUID 8000_0001h EDX bit 26).</param>
    /// <param name="fiveLevels">The processor runs with CR4.LA57, which cannot be changed in long mode.</param>
    public HostPageTables(byte* frames, ulong physical, int frameCount, bool gigabytePages, bool fiveLevels)
    {
        if (frameCount < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(frameCount));
        }

        _frames = frames;
        _physical = physical;
        _frameCount = frameCount;
        _largestPageLevel = gigabytePages ? 2 : 1;
        _rootLevel = fiveLevels ? Pml4Level + 1 : Pml4Level;
        Root = AllocateTable();
    }

    /// <summary>Physical address of the root table, for CR3.</summary>
    public ulong Root { get; }

    /// <summary>
    /// A page may be both writable and executable. Never in the tables that HyperCore itself runs with: only in those that are in force for the
    /// length of a call of the firmware's runtime services (<see cref="RuntimeAddressSpace"/>).
    /// </summary>
    public bool AllowsWritableCode { get; init; }

    /// <summary>Frames that hold tables.</summary>
    public int FramesUsed { get; private set; }

    /// <summary>
    /// Maps a range to itself, replacing what was mapped there. Large pages are split where they must be. The caller flushes the TLB.
    /// </summary>
    /// <param name="start">First address, page-aligned, in the lower half of the address space.</param>
    /// <param name="length">Length in bytes, whole pages.</param>
    /// <param name="access">What may be done; <see cref="HostPageAccess.None"/> unmaps.</param>
    /// <param name="type">Memory type.</param>
    /// <returns>False when the frames are used up, or the range or the access is not allowed; part of the range may be mapped then.</returns>
    public bool Map(ulong start, ulong length, HostPageAccess access, HostMemoryType type = HostMemoryType.WriteBack)
    {
        ulong limit = 1ul << (_rootLevel == Pml4Level ? 47 : 52);
        if (((start | length) & (PageSize - 1)) != 0 || start > limit || length > limit - start
            || (!AllowsWritableCode && (access & WriteAndExecute) == WriteAndExecute))
        {
            return false;
        }

        while (length != 0)
        {
            ulong mapped = MapOne(start, length, access, type);
            if (mapped == 0)
            {
                return false;
            }

            start += mapped;
            length -= mapped;
        }

        return true;
    }

    /// <summary>Says what the tables allow at an address.</summary>
    /// <returns>False when nothing is mapped there.</returns>
    public bool TryTranslate(ulong address, out ulong physical, out HostPageAccess access, out HostMemoryType type)
    {
        ulong table = Root;
        for (int level = _rootLevel; level >= PageLevel; level--)
        {
            ulong entry = Table(table)[IndexOf(address, level)];
            if ((entry & Present) == 0)
            {
                break;
            }

            if (IsLeaf(entry, level))
            {
                ulong inside = SizeOf(level) - 1;
                physical = (entry & AddressMask & ~inside) | (address & inside);
                access = HostPageAccess.Read
                    | ((entry & Writable) != 0 ? HostPageAccess.Write : HostPageAccess.None)
                    | ((entry & NoExecute) == 0 ? HostPageAccess.Execute : HostPageAccess.None);
                type = TypeOf(entry, level);
                return true;
            }

            table = entry & AddressMask;
        }

        physical = 0;
        access = HostPageAccess.None;
        type = HostMemoryType.WriteBack;
        return false;
    }

    // Maps one page at start, as large as alignment, length, processor and existing tables allow. Returns its size, 0 when out of frames.
    private ulong MapOne(ulong start, ulong length, HostPageAccess access, HostMemoryType type)
    {
        ulong table = Root;
        for (int level = _rootLevel; ; level--)
        {
            ref ulong entry = ref Table(table)[IndexOf(start, level)];
            bool isTable = level > PageLevel && (entry & Present) != 0 && !IsLeaf(entry, level);
            ulong size = SizeOf(level);
            if (!isTable && level <= _largestPageLevel && (start & (size - 1)) == 0 && length >= size)
            {
                entry = access == HostPageAccess.None ? 0 : Leaf(start, level, access, type);
                return size;
            }

            if (!isTable)
            {
                ulong child = AllocateTable();
                if (child == 0)
                {
                    return 0;
                }

                if ((entry & Present) != 0)
                {
                    Split(entry, level, child);
                }

                // Rights are decided in the leaf.
                entry = child | Present | Writable | Accessed;
            }

            table = entry & AddressMask;
        }
    }

    private void Split(ulong entry, int level, ulong child)
    {
        HostPageAccess access = HostPageAccess.Read
            | ((entry & Writable) != 0 ? HostPageAccess.Write : HostPageAccess.None)
            | ((entry & NoExecute) == 0 ? HostPageAccess.Execute : HostPageAccess.None);
        HostMemoryType type = TypeOf(entry, level);
        ulong start = entry & AddressMask & ~(SizeOf(level) - 1);
        ulong* table = Table(child);
        for (int i = 0; i < EntriesPerTable; i++)
        {
            table[i] = Leaf(start + ((ulong)i * SizeOf(level - 1)), level - 1, access, type);
        }
    }

    private static ulong Leaf(ulong start, int level, HostPageAccess access, HostMemoryType type)
    {
        // Accessed and dirty are set beforehand: nobody looks at them, and the processor need not write them.
        ulong entry = start | Present | Accessed | Dirty | Global;
        entry |= (access & HostPageAccess.Write) != 0 ? Writable : 0;
        entry |= (access & HostPageAccess.Execute) != 0 ? 0 : NoExecute;
        entry |= ((int)type & 1) != 0 ? WriteThrough : 0;
        entry |= ((int)type & 2) != 0 ? CacheDisable : 0;
        if (level == PageLevel)
        {
            return entry | (((int)type & 4) != 0 ? PatSmall : 0);
        }

        return entry | LargePage | (((int)type & 4) != 0 ? PatLarge : 0);
    }

    private static HostMemoryType TypeOf(ulong entry, int level)
    {
        ulong pat = level == PageLevel ? PatSmall : PatLarge;
        return (HostMemoryType)(((entry & WriteThrough) != 0 ? 1 : 0) | ((entry & CacheDisable) != 0 ? 2 : 0) | ((entry & pat) != 0 ? 4 : 0));
    }

    private static bool IsLeaf(ulong entry, int level) => level == PageLevel || (entry & LargePage) != 0;

    private static int IndexOf(ulong address, int level) => (int)(address >> (12 + (9 * level))) & (EntriesPerTable - 1);

    private static ulong SizeOf(int level) => PageSize << (9 * level);

    private ulong* Table(ulong physical) => (ulong*)(_frames + (physical - _physical));

    private ulong AllocateTable()
    {
        if (FramesUsed == _frameCount)
        {
            return 0;
        }

        ulong physical = _physical + ((ulong)FramesUsed++ * PageSize);
        new Span<byte>(Table(physical), (int)PageSize).Clear();
        return physical;
    }
}
