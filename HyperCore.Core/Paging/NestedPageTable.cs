namespace HyperCore.Core.Paging;

/// <summary>
/// A guest's nested page table, guest-physical to host-physical, with 4 KiB, 2 MiB and 1 GiB pages. In the long-mode format (AMD APM vol. 2,
/// 15.25) guest accesses count as user accesses, so every entry has U/S set (15.25.5). The extended format (Intel SDM vol. 3C, 29.3.2) has the same
/// shape, large-page bit and addresses; bits 2:0 are rights, and bit 0 is set in each entry here, because no page is without read access.
/// </summary>
public sealed unsafe class NestedPageTable
{
    /// <summary>Size of the smallest page.</summary>
    public const ulong Page4K = 0x1000;

    /// <summary>Size of a page-directory page.</summary>
    public const ulong Page2M = 0x20_0000;

    /// <summary>Size of a page-directory-pointer page.</summary>
    public const ulong Page1G = 0x4000_0000;

    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong Large = 0x80;
    private const ulong NoExecute = 1ul << 63;

    // PAT entry 4 of the host is write-combining (HostPageTables.Pat); the bit has another place in a large page (AMD APM vol. 2, 5.4.1).
    private const ulong PatSmall = 0x80;
    private const ulong PatLarge = 0x1000;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong TableFlags = Present | Writable | User;

    // The extended format: bit 2 executes, bits 5:3 are the memory type of a page (SDM vol. 3C, table 29-6), which no MTRR changes.
    private const ulong Execute = 4;
    private const ulong TypeWriteCombining = 1 << 3;
    private const ulong TypeWriteBack = 6 << 3;

    private readonly FrameSource _frames;
    private readonly bool _has1G;
    private readonly int _levels;
    private readonly NestedFormat _format;

    /// <summary>Creates a table that maps nothing. Nothing is allocated before <see cref="Create"/>.</summary>
    /// <param name="frames">Where its frames come from.</param>
    /// <param name="has1G">The processor takes 1 GiB pages in them.</param>
    /// <param name="levels">4, or 5 for a processor that wants as many.</param>
    /// <param name="format">What its entries look like.</param>
    public NestedPageTable(FrameSource frames, bool has1G, int levels = 4, NestedFormat format = NestedFormat.LongMode)
    {
        _frames = frames;
        _format = format;
        _levels = levels;
        _has1G = has1G;
    }

    /// <summary>Host-physical address of the top table; 0 before <see cref="Create"/>.</summary>
    public ulong Root { get; private set; }

    /// <summary>Frames in use, the root included.</summary>
    public int FrameCount { get; private set; }

    /// <summary>Takes the root frame.</summary>
    /// <returns>False when memory has run out.</returns>
    public bool Create()
    {
        ulong* root = _frames.Allocate(out ulong hostPhysical);
        if (root == null)
        {
            return false;
        }

        Root = hostPhysical;
        FrameCount = 1;
        return true;
    }

    /// <summary>Gives every frame back. The processor must no longer use the table.</summary>
    public void Destroy()
    {
        if (Root != 0)
        {
            FreeTable(Root, _levels);
            Root = 0;
        }
    }

    /// <summary>
    /// Maps a range, replacing what was mapped there, with the largest pages that alignment allows.
    /// All addresses and the length are multiples of 4 KiB.
    /// </summary>
    /// <returns>False when memory for tables has run out; the range may then be mapped in part.</returns>
    public bool Map(ulong guestPhysical, ulong hostPhysical, ulong length, NestedAccess access)
    {
        while (length > 0)
        {
            ulong size = LargestPage(guestPhysical | hostPhysical, length);
            if (!MapOne(guestPhysical, hostPhysical, size, access))
            {
                return false;
            }

            guestPhysical += size;
            hostPhysical += size;
            length -= size;
        }

        return true;
    }

    /// <summary>Makes the tables that a page of 2 MiB needs, so that <see cref="Map"/> of that page cannot fail afterwards.</summary>
    /// <returns>False when memory for tables has run out.</returns>
    public bool Reserve(ulong guestPhysical)
    {
        ulong table = Root;
        for (int level = _levels; level > 2; level--)
        {
            if (!EnsureTable(ref _frames.PointerTo(table)[IndexAt(guestPhysical, level)], level, out table))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes the mapping of a range; large pages at its edges are split.</summary>
    /// <returns>False when memory for a split has run out.</returns>
    public bool Unmap(ulong guestPhysical, ulong length)
    {
        while (length > 0)
        {
            ulong size = LargestPage(guestPhysical, length);
            if (!ClearOne(guestPhysical, size))
            {
                return false;
            }

            guestPhysical += size;
            length -= size;
        }

        return true;
    }

    /// <summary>Looks an address up.</summary>
    /// <param name="guestPhysical">The guest-physical address.</param>
    /// <param name="hostPhysical">Where it lies.</param>
    /// <param name="pageSize">The size of the page that maps it.</param>
    /// <returns>False when nothing is mapped there.</returns>
    public bool TryTranslate(ulong guestPhysical, out ulong hostPhysical, out ulong pageSize)
    {
        ulong table = Root;
        for (int level = _levels; level >= 1; level--)
        {
            ulong entry = _frames.PointerTo(table)[IndexAt(guestPhysical, level)];
            if ((entry & Present) == 0)
            {
                break;
            }

            if (level == 1 || (entry & Large) != 0)
            {
                pageSize = SizeAt(level);
                hostPhysical = (entry & AddressMask & ~(pageSize - 1)) | (guestPhysical & (pageSize - 1));
                return true;
            }

            table = entry & AddressMask;
        }

        hostPhysical = 0;
        pageSize = 0;
        return false;
    }

    private static int IndexAt(ulong address, int level) => (int)(address >> (12 + (9 * (level - 1)))) & 511;

    private static ulong SizeAt(int level) => Page4K << (9 * (level - 1));

    private static int LevelOf(ulong size) => size == Page1G ? 3 : size == Page2M ? 2 : 1;

    private ulong FlagsOf(NestedAccess access) => _format == NestedFormat.LongMode ? LongModeFlags(access) : ExtendedFlags(access);

    private static ulong ExtendedFlags(NestedAccess access) => access switch
    {
        NestedAccess.ReadExecute => Present | Execute | TypeWriteBack,
        NestedAccess.ReadWrite => Present | Writable | TypeWriteBack,
        NestedAccess.Read => Present | TypeWriteBack,
        NestedAccess.WriteCombining => Present | Writable | TypeWriteCombining,
        _ => Present | Writable | Execute | TypeWriteBack,
    };

    private static ulong LongModeFlags(NestedAccess access) => access switch
    {
        NestedAccess.ReadExecute => Present | User,
        NestedAccess.ReadWrite => Present | Writable | User | NoExecute,
        NestedAccess.Read => Present | User | NoExecute,
        NestedAccess.WriteCombining => Present | Writable | User | NoExecute | PatLarge,
        _ => Present | Writable | User,
    };

    // Flags as a large page has them, to those of a page of a level.
    private static ulong LeafFlags(ulong flags, int level)
    {
        if (level > 1)
        {
            return flags | Large;
        }

        ulong small = flags & ~(Large | PatLarge);
        return (flags & PatLarge) != 0 ? small | PatSmall : small;
    }

    private ulong LargestPage(ulong addresses, ulong length)
    {
        if (_has1G && length >= Page1G && (addresses & (Page1G - 1)) == 0)
        {
            return Page1G;
        }

        return length >= Page2M && (addresses & (Page2M - 1)) == 0 ? Page2M : Page4K;
    }

    private bool MapOne(ulong guestPhysical, ulong hostPhysical, ulong size, NestedAccess access)
    {
        int target = LevelOf(size);
        ulong table = Root;
        for (int level = _levels; level > target; level--)
        {
            if (!EnsureTable(ref _frames.PointerTo(table)[IndexAt(guestPhysical, level)], level, out table))
            {
                return false;
            }
        }

        Replace(ref _frames.PointerTo(table)[IndexAt(guestPhysical, target)], target, hostPhysical | LeafFlags(FlagsOf(access), target));
        return true;
    }

    private bool ClearOne(ulong guestPhysical, ulong size)
    {
        int target = LevelOf(size);
        ulong table = Root;
        for (int level = _levels; level > target; level--)
        {
            ref ulong entry = ref _frames.PointerTo(table)[IndexAt(guestPhysical, level)];
            if ((entry & Present) == 0)
            {
                return true;
            }

            if (!EnsureTable(ref entry, level, out table))
            {
                return false;
            }
        }

        Replace(ref _frames.PointerTo(table)[IndexAt(guestPhysical, target)], target, 0);
        return true;
    }

    private void Replace(ref ulong entry, int level, ulong value)
    {
        ulong old = entry;
        entry = value;
        if (level > 1 && (old & (Present | Large)) == Present)
        {
            FreeTable(old & AddressMask, level - 1);
        }
    }

    private bool EnsureTable(ref ulong entry, int level, out ulong table)
    {
        if ((entry & (Present | Large)) == Present)
        {
            table = entry & AddressMask;
            return true;
        }

        ulong* frame = _frames.Allocate(out table);
        if (frame == null)
        {
            return false;
        }

        FrameCount++;
        if ((entry & Present) != 0)
        {
            SplitInto(frame, entry, level);
        }

        entry = table | TableFlags;
        return true;
    }

    private static void SplitInto(ulong* frame, ulong entry, int level)
    {
        ulong step = SizeAt(level - 1);
        ulong flags = LeafFlags((entry & ~AddressMask) | (entry & PatLarge), level - 1);
        ulong address = entry & AddressMask & ~(SizeAt(level) - 1);
        for (int i = 0; i < 512; i++)
        {
            frame[i] = (address + ((ulong)i * step)) | flags;
        }
    }

    private void FreeTable(ulong table, int level)
    {
        if (level > 1)
        {
            ulong* entries = _frames.PointerTo(table);
            for (int i = 0; i < 512; i++)
            {
                if ((entries[i] & (Present | Large)) == Present)
                {
                    FreeTable(entries[i] & AddressMask, level - 1);
                }
            }
        }

        _frames.Free(table);
        FrameCount--;
    }
}
