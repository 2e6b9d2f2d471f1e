using System.Runtime.CompilerServices;
using HyperCore.Core.Memory;
using HyperCore.Core.Processor;

namespace HyperCore.Core.Paging;

/// <summary>
/// Translates guest-linear to guest-physical addresses through the guest's own page tables (AMD APM vol. 2, chapter 5), with the
/// processor's access checks and Accessed and Dirty bits. Tables are read through <see cref="GuestMemory"/> only; an entry outside RAM
/// reads as ones, as on a bus where nothing answers.
/// </summary>
/// <remarks>
/// The walk is on the path of most exits, so results are kept together with the addresses and values of the table entries they came from, and used
/// again only when every entry still has its value. So no invalidation is needed and a guest that rewrites its tables cannot be answered wrongly.
/// </remarks>
public sealed unsafe class GuestPageWalker
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong UserPage = 4;
    private const ulong Accessed = 0x20;
    private const ulong Dirty = 0x40;
    private const ulong LargePage = 0x80;
    private const ulong NoExecute = 1ul << 63;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    private const ulong Cr0WriteProtect = 1 << 16;
    private const ulong Cr0Paging = 1ul << 31;
    private const ulong Cr4PageSizeExtensions = 1 << 4;
    private const ulong Cr4PhysicalAddressExtension = 1 << 5;
    private const ulong Cr4LinearAddress57 = 1 << 12;
    private const ulong Cr4Smep = 1 << 20;
    private const ulong Cr4Smap = 1 << 21;
    private const ulong EferLongModeActive = 1 << 10;
    private const ulong EferNoExecuteEnable = 1 << 11;
    private const ulong RflagsAlignmentCheck = 1 << 18;

    private const uint ErrorPresent = 1;
    private const uint ErrorReserved = 8;

    private const int CacheEntries = 32;
    private const ulong CacheValid = 0x800;

    private readonly GuestMemory _memory;
    private readonly ulong _reservedAddressBits;
    private readonly CachedWalk[] _cache = new CachedWalk[CacheEntries];

    /// <summary>Creates a walker over one guest's memory.</summary>
    /// <param name="memory">The guest's RAM, where its tables are.</param>
    /// <param name="physicalAddressBits">MAXPHYADDR as the guest sees it (CPUID 8000_0008h EAX[7:0]): entry bits above it are reserved.</param>
    public GuestPageWalker(GuestMemory memory, int physicalAddressBits = 52)
    {
        _memory = memory;
        _reservedAddressBits = AddressMask & ~((1ul << physicalAddressBits) - 1);
    }

    /// <summary>
    /// The host's pointer to the 4-KByte page of the last successful translation when it was at hand, else null: a short cut for
    /// whoever reads RAM there at once.
    /// </summary>
    internal byte* HostPage { get; private set; }

    /// <summary>Translates one linear address.</summary>
    /// <param name="cpu">The vCPU whose paging mode and CR3 count.</param>
    /// <param name="linear">Linear address; canonical in long mode (the segmentation step checks that). Only 32 bits count elsewhere.</param>
    /// <param name="access">What is to be done at the address.</param>
    /// <param name="guestPhysical">The guest-physical address.</param>
    /// <param name="errorCode">The error code of the #PF to inject when the result is false.</param>
    /// <returns>False: the access page-faults, nothing was changed.</returns>
    public bool TryTranslate(VirtualProcessor cpu, ulong linear, GuestPageAccess access, out ulong guestPhysical, out uint errorCode)
    {
        ref CachedWalk cached = ref SlotOf(linear, access);
        if (IsFresh(cpu, ref cached, linear, access))
        {
            errorCode = 0;
            guestPhysical = cached.Page | (linear & 0xFFF);
            HostPage = cached.HostPage;
            return true;
        }

        return TranslateAnew(cpu, linear, access, ref cached, out guestPhysical, out errorCode);
    }

    /// <summary>The host's pointer to the 4-KByte page at a linear address, when an earlier walk to it is still good; else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Recall(VirtualProcessor cpu, ulong linear, GuestPageAccess access)
    {
        ref CachedWalk cached = ref SlotOf(linear, access);
        return IsFresh(cpu, ref cached, linear, access) ? cached.HostPage : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref CachedWalk SlotOf(ulong linear, GuestPageAccess access) =>
        ref _cache[(int)((linear >> 12) ^ ((ulong)access >> 1)) & (CacheEntries - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(ulong linear, GuestPageAccess access) => (linear & ~0xFFFul) | (ulong)access | CacheValid;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFresh(VirtualProcessor cpu, ref CachedWalk cached, ulong linear, GuestPageAccess access) =>
        cached.Key == KeyOf(linear, access)
        && cached.Cr3 == cpu.Cr3 && cached.Cr0 == cpu.Cr0 && cached.Cr4 == cpu.Cr4 && cached.Efer == cpu.Efer
        && cached.Generation == _memory.Generation
        && *cached.Pointer1 == cached.Value1 && *cached.Pointer2 == cached.Value2
        && *cached.Pointer3 == cached.Value3 && *cached.Pointer4 == cached.Value4;

    private bool TranslateAnew(
        VirtualProcessor cpu, ulong linear, GuestPageAccess access, ref CachedWalk cached, out ulong guestPhysical, out uint errorCode)
    {
        HostPage = null;
        var mode = new Mode(cpu.Cr0, cpu.Cr3, cpu.Cr4, cpu.Efer);
        if ((mode.Cr0 & Cr0Paging) == 0)
        {
            errorCode = 0;
            guestPhysical = (uint)linear;
            return true;
        }

        if ((mode.Efer & EferLongModeActive) == 0)
        {
            linear = (uint)linear;
            if ((mode.Cr4 & Cr4PhysicalAddressExtension) == 0)
            {
                return Walk32(cpu, mode, (uint)linear, access, out guestPhysical, out errorCode);
            }
        }

        return Walk64(cpu, mode, linear, access, ref cached, out guestPhysical, out errorCode);
    }

    /// <summary>Walks tables of 8-byte entries: long mode with 4 or 5 levels, and PAE with 3.</summary>
    private bool Walk64(
        VirtualProcessor cpu, in Mode mode, ulong linear, GuestPageAccess access, ref CachedWalk cached, out ulong guestPhysical, out uint errorCode)
    {
        bool longMode = (mode.Efer & EferLongModeActive) != 0;
        int levels = !longMode ? 3 : (mode.Cr4 & Cr4LinearAddress57) != 0 ? 5 : 4;
        ulong reserved = _reservedAddressBits;
        if ((mode.Efer & EferNoExecuteEnable) == 0)
        {
            reserved |= NoExecute;
        }

        if (!longMode)
        {
            reserved |= 0x7FF0_0000_0000_0000;
        }

        Visited* visited = stackalloc Visited[5];
        ulong rights = Writable | UserPage;
        ulong noExecute = 0;
        ulong table = longMode ? mode.Cr3 & AddressMask : mode.Cr3 & 0xFFFF_FFE0;
        ulong entry;
        int shift = 12 + (9 * levels);
        int depth = 0;
        guestPhysical = 0;
        while (true)
        {
            shift -= 9;
            ulong index = (linear >> shift) & 0x1FF;
            ulong* pointer = (ulong*)_memory.Translate(table + (index * 8), 8);
            entry = pointer == null ? ulong.MaxValue : *pointer;
            visited[depth].Pointer = pointer;
            visited[depth].Value = entry;
            depth++;
            if ((entry & Present) == 0)
            {
                errorCode = ErrorBits(mode, access);
                return false;
            }

            bool pointerTable = !longMode && shift == 30;
            bool leaf = shift == 12 || ((entry & LargePage) != 0 && shift <= 30 && !pointerTable);

            // PML5E and PML4E have no PS bit; a PAE PDPTE has neither PS nor rights (APM vol. 2, 5.2.3, figure 5-10). A large page
            // reserves the address bits below its size, but for bit 12, which is PAT.
            ulong forbidden = reserved;
            if (pointerTable)
            {
                forbidden |= 0x1E6 | NoExecute;
            }
            else if (shift > 30)
            {
                forbidden |= LargePage;
            }
            else if (leaf && shift > 12)
            {
                forbidden |= ((1ul << shift) - 1) & ~0x1FFFul;
            }

            if ((entry & forbidden) != 0)
            {
                errorCode = ErrorBits(mode, access) | ErrorPresent | ErrorReserved;
                return false;
            }

            if (!pointerTable)
            {
                rights &= entry;
                noExecute |= entry;
            }

            if (leaf)
            {
                break;
            }

            table = entry & AddressMask;
        }

        if (!Allowed(cpu, mode, access, rights, (noExecute & NoExecute) != 0, out bool cacheable))
        {
            errorCode = ErrorBits(mode, access) | ErrorPresent;
            return false;
        }

        for (int i = longMode ? 0 : 1; i < depth; i++)
        {
            ulong marks = i == depth - 1 && (access & GuestPageAccess.Write) != 0 ? Accessed | Dirty : Accessed;
            ulong marked = visited[i].Value | marks;
            if (marked != visited[i].Value && visited[i].Pointer != null)
            {
                *visited[i].Pointer = marked;
                visited[i].Value = marked;
            }
        }

        ulong offsetMask = (1ul << shift) - 1;
        guestPhysical = (entry & AddressMask & ~offsetMask) | (linear & offsetMask);
        errorCode = 0;
        if (cacheable && levels < 5)
        {
            Remember(ref cached, mode, (linear & ~0xFFFul) | (ulong)access | CacheValid, guestPhysical & ~0xFFFul, visited, depth);
        }

        return true;
    }

    /// <summary>Walks the two levels of 4-byte entries, with 4-MByte pages and their PSE-36 address bits (APM vol. 2, 5.2.1 and 5.2.2).</summary>
    private bool Walk32(VirtualProcessor cpu, in Mode mode, uint linear, GuestPageAccess access, out ulong guestPhysical, out uint errorCode)
    {
        guestPhysical = 0;
        uint* directory = (uint*)_memory.Translate((mode.Cr3 & 0xFFFF_F000) + ((linear >> 22) * 4), 4);
        uint directoryEntry = directory == null ? uint.MaxValue : *directory;
        if ((directoryEntry & Present) == 0)
        {
            errorCode = ErrorBits(mode, access);
            return false;
        }

        ulong rights = directoryEntry;
        uint* leaf = directory;
        uint leafEntry = directoryEntry;
        bool large = (directoryEntry & LargePage) != 0 && (mode.Cr4 & Cr4PageSizeExtensions) != 0;
        if (large)
        {
            ulong high = (ulong)((directoryEntry >> 13) & 0xFF) << 32;
            if ((directoryEntry & (1u << 21)) != 0 || (high & _reservedAddressBits) != 0)
            {
                errorCode = ErrorBits(mode, access) | ErrorPresent | ErrorReserved;
                return false;
            }

            guestPhysical = high | (directoryEntry & 0xFFC0_0000) | (linear & 0x3F_FFFF);
        }
        else
        {
            leaf = (uint*)_memory.Translate((directoryEntry & 0xFFFF_F000) + (((linear >> 12) & 0x3FF) * 4), 4);
            leafEntry = leaf == null ? uint.MaxValue : *leaf;
            if ((leafEntry & Present) == 0)
            {
                errorCode = ErrorBits(mode, access);
                return false;
            }

            rights &= leafEntry;
            guestPhysical = (leafEntry & 0xFFFF_F000) | (linear & 0xFFF);
        }

        if (!Allowed(cpu, mode, access, rights, noExecute: false, out _))
        {
            errorCode = ErrorBits(mode, access) | ErrorPresent;
            return false;
        }

        if (!large && directory != null && (directoryEntry & Accessed) == 0)
        {
            *directory = directoryEntry | (uint)Accessed;
        }

        uint marked = leafEntry | (uint)((access & GuestPageAccess.Write) != 0 ? Accessed | Dirty : Accessed);
        if (marked != leafEntry && leaf != null)
        {
            *leaf = marked;
        }

        errorCode = 0;
        return true;
    }

    /// <summary>The rights of a page against an access (APM vol. 2, 5.6). An answer that hung on RFLAGS.AC is not to be kept.</summary>
    private static bool Allowed(VirtualProcessor cpu, in Mode mode, GuestPageAccess access, ulong rights, bool noExecute, out bool cacheable)
    {
        cacheable = true;
        bool userPage = (rights & UserPage) != 0;
        bool writable = (rights & Writable) != 0;
        bool write = (access & GuestPageAccess.Write) != 0;
        bool fetch = (access & GuestPageAccess.Fetch) != 0;
        if (fetch && noExecute)
        {
            return false;
        }

        if ((access & GuestPageAccess.User) != 0)
        {
            return userPage && (writable || !write);
        }

        if (write && !writable && (mode.Cr0 & Cr0WriteProtect) != 0)
        {
            return false;
        }

        if (!userPage)
        {
            return true;
        }

        if (fetch)
        {
            return (mode.Cr4 & Cr4Smep) == 0;
        }

        if ((mode.Cr4 & Cr4Smap) != 0)
        {
            cacheable = false;
            return (cpu.Rflags & RflagsAlignmentCheck) != 0;
        }

        return true;
    }

    /// <summary>The error-code bits that describe the access. I/D is reported only where fetches are told apart (APM vol. 2, 8.4.2).</summary>
    private static uint ErrorBits(in Mode mode, GuestPageAccess access)
    {
        bool fetchMatters = (mode.Cr4 & Cr4Smep) != 0
            || ((mode.Cr4 & Cr4PhysicalAddressExtension) != 0 && (mode.Efer & EferNoExecuteEnable) != 0);
        return fetchMatters ? (uint)access : (uint)(access & ~GuestPageAccess.Fetch);
    }

    private void Remember(ref CachedWalk cached, in Mode mode, ulong key, ulong page, Visited* visited, int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            if (visited[i].Pointer == null)
            {
                return;
            }
        }

        // A walk of fewer levels names its last entry more than once.
        int last = depth - 1;
        cached.Key = key;
        cached.Cr0 = mode.Cr0;
        cached.Cr3 = mode.Cr3;
        cached.Cr4 = mode.Cr4;
        cached.Efer = mode.Efer;
        cached.Generation = _memory.Generation;
        cached.Page = page;
        cached.HostPage = _memory.Translate(page, 0x1000);
        cached.Pointer1 = visited[0].Pointer;
        cached.Value1 = visited[0].Value;
        int second = last < 1 ? last : 1;
        cached.Pointer2 = visited[second].Pointer;
        cached.Value2 = visited[second].Value;
        int third = last < 2 ? last : 2;
        cached.Pointer3 = visited[third].Pointer;
        cached.Value3 = visited[third].Value;
        cached.Pointer4 = visited[last].Pointer;
        cached.Value4 = visited[last].Value;
    }

    private readonly struct Mode(ulong cr0, ulong cr3, ulong cr4, ulong efer)
    {
        public readonly ulong Cr0 = cr0;
        public readonly ulong Cr3 = cr3;
        public readonly ulong Cr4 = cr4;
        public readonly ulong Efer = efer;
    }

    private struct Visited
    {
        public ulong* Pointer;
        public ulong Value;
    }

    private struct CachedWalk
    {
        public ulong Key;
        public ulong Cr3;
        public ulong Cr0;
        public ulong Cr4;
        public ulong Efer;
        public ulong Page;
        public byte* HostPage;
        public ulong* Pointer1;
        public ulong* Pointer2;
        public ulong* Pointer3;
        public ulong* Pointer4;
        public ulong Value1;
        public ulong Value2;
        public ulong Value3;
        public ulong Value4;
        public int Generation;
    }
}
