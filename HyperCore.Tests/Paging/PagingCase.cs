using HyperCore.Core.Paging;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Paging;

/// <summary>
/// One mapping described by what it should allow, its tables built from that, and the outcome the manual gives for an access, worked
/// out from the description and never from the tables.
/// </summary>
internal sealed class PagingCase
{
    public const int MaximumPhysicalBits = 40;

    private const ulong NoExecute = 1ul << 63;

    private readonly Level[] _levels;
    private readonly bool _noExecuteEnabled;
    private readonly bool _smep;
    private readonly bool _smap;
    private readonly bool _writeProtect;
    private readonly bool _alignmentCheck;

    public PagingCase(PagingKind kind, ulong linear, uint[] randomLevels, uint options)
    {
        Kind = kind;
        Memory = new FakeGuestMemory(0x6000);
        int count = kind switch
        {
            PagingKind.Bits32 => 2,
            PagingKind.Pae => 3,
            PagingKind.Level4 => 4,
            _ => 5,
        };
        Linear = kind switch
        {
            PagingKind.Level4 => (ulong)((long)(linear << 16) >> 16),
            PagingKind.Level5 => (ulong)((long)(linear << 7) >> 7),
            _ => (uint)linear,
        };
        _writeProtect = (options & 1) != 0;
        _smep = (options & 2) != 0;
        _smap = (options & 4) != 0;
        _alignmentCheck = (options & 8) != 0;
        _noExecuteEnabled = (options & 16) != 0;
        int size = (int)(options >> 5) & 3;
        int used = kind switch
        {
            PagingKind.Bits32 or PagingKind.Pae => count - (size & 1),
            _ => count - (size % 3),
        };
        _levels = new Level[used];
        for (int i = 0; i < used; i++)
        {
            _levels[i] = new Level(randomLevels[i], isLeaf: i == used - 1, isPointerTable: kind == PagingKind.Pae && i == 0);
        }

        PageShift = kind == PagingKind.Bits32 ? (used == 1 ? 22 : 12) : 12 + (9 * (count - used));
        Build(count);
        SetUp();
    }

    public PagingKind Kind { get; }

    public FakeGuestMemory Memory { get; }

    public FakeVirtualProcessor Cpu { get; } = new();

    public ulong Linear { get; }

    public int PageShift { get; }

    public int LevelCount => _levels.Length;

    public ulong ExpectedPhysical => _levels[^1].Target | (Linear & ((1ul << PageShift) - 1));

    public ulong EntryAt(int level) => Kind == PagingKind.Bits32 ? Memory.Read32(_levels[level].Address) : Memory.Read64(_levels[level].Address);

    public bool HasAccessedBit(int level) => !(Kind == PagingKind.Pae && level == 0);

    public void MakeAbsent(int level)
    {
        ulong value = EntryAt(level) & ~1ul;
        if (Kind == PagingKind.Bits32)
        {
            Memory.Write32(_levels[level].Address, (uint)value);
        }
        else
        {
            Memory.Write64(_levels[level].Address, value);
        }
    }

    /// <summary>Null when the access is allowed, else the error code.</summary>
    public uint? ExpectedError(GuestPageAccess access)
    {
        bool write = access.HasFlag(GuestPageAccess.Write);
        bool user = access.HasFlag(GuestPageAccess.User);
        bool fetch = access.HasFlag(GuestPageAccess.Fetch);
        bool knowsNoExecute = Kind != PagingKind.Bits32 && _noExecuteEnabled;
        uint bits = (write ? 2u : 0) + (user ? 4u : 0) + (fetch && (knowsNoExecute || _smep) ? 16u : 0);
        bool userPage = true;
        bool writable = true;
        bool executable = true;
        foreach (Level level in _levels)
        {
            if (!level.Present)
            {
                return bits;
            }

            bool canReserve = Kind != PagingKind.Bits32 || (level.IsLeaf && PageShift > 12);
            if ((canReserve && level.Reserved) || (Kind != PagingKind.Bits32 && level.NoExecute && !_noExecuteEnabled))
            {
                return bits + 8 + 1;
            }

            if (!level.IsPointerTable)
            {
                userPage &= level.User;
                writable &= level.Writable;
                executable &= !(knowsNoExecute && level.NoExecute);
            }
        }

        bool allowed = (user, fetch, write) switch
        {
            (_, true, _) when !executable => false,
            (true, _, true) => userPage && writable,
            (true, _, false) => userPage,
            (false, true, _) => !(userPage && _smep),
            (false, false, _) when userPage && _smap && !_alignmentCheck => false,
            (false, false, true) => writable || !_writeProtect,
            _ => true,
        };
        return allowed ? null : bits + 1;
    }

    private void Build(int count)
    {
        ulong table = 0x1000;
        for (int i = 0; i < _levels.Length; i++)
        {
            Level level = _levels[i];
            bool is32 = Kind == PagingKind.Bits32;
            int shift = is32 ? (i == 0 ? 22 : 12) : 12 + (9 * (count - 1 - i));
            ulong index = (Linear >> shift) & (is32 ? 0x3FFul : level.IsPointerTable ? 3ul : 0x1FFul);
            level.Address = table + (index * (is32 ? 4ul : 8ul));
            table += 0x1000;
            ulong physicalMask = is32 && PageShift == 12 ? 0xFFFF_FFFF : (1ul << MaximumPhysicalBits) - 1;
            level.Target = level.IsLeaf ? (level.Random * 0x9E37_79B9_7F4Aul) & physicalMask & ~((1ul << PageShift) - 1) : table;
            ulong entry = level.Encode(is32, large: level.IsLeaf && PageShift > 12, PageShift);
            if (is32)
            {
                Memory.Write32(level.Address, (uint)entry);
            }
            else
            {
                Memory.Write64(level.Address, entry);
            }
        }
    }

    private void SetUp()
    {
        Cpu.Cr0 = 0x8000_0011 | (_writeProtect ? 0x1_0000ul : 0);
        Cpu.Cr3 = 0x1000;
        Cpu.Cr4 = (Kind == PagingKind.Bits32 ? 0x10ul : 0x20ul) | (_smep ? 1ul << 20 : 0) | (_smap ? 1ul << 21 : 0)
            | (Kind == PagingKind.Level5 ? 1ul << 12 : 0);
        Cpu.Efer = (Kind >= PagingKind.Level4 ? 0x500ul : 0) | (_noExecuteEnabled ? 0x800ul : 0);
        Cpu.Rflags = 2 | (_alignmentCheck ? 1ul << 18 : 0);
    }

    /// <summary>The description of one entry. Most random numbers give rights, few take them, so that whole walks succeed often enough.</summary>
    private sealed class Level(uint random, bool isLeaf, bool isPointerTable)
    {
        public readonly ulong Random = random;
        public readonly bool IsLeaf = isLeaf;
        public readonly bool IsPointerTable = isPointerTable;
        public readonly bool Present = (random & 0x1F) != 0;
        public readonly bool Writable = (random & 0xE0) != 0;
        public readonly bool User = (random & 0x300) != 0;
        public readonly bool Marked = (random & 0x400) != 0;
        public readonly bool NoExecute = !isPointerTable && (random & 0x7000) == 0;
        public readonly bool Reserved = (random & 0xF_8000) == 0;

        public ulong Address { get; set; }

        public ulong Target { get; set; }

        public ulong Encode(bool is32, bool large, int pageShift)
        {
            ulong entry = Present ? 1ul : 0;
            if (IsPointerTable)
            {
                return entry | Target | (Reserved ? 1ul << MaximumPhysicalBits : 0);
            }

            entry |= (Writable ? 2ul : 0) | (User ? 4ul : 0) | (Marked ? 0x60ul : 0) | (large ? 0x80ul : 0);
            if (is32)
            {
                // Only large pages of 32-bit paging have a reserved bit: bit 21. PSE-36 puts address bits 39:32 into bits 20:13.
                ulong address = (uint)Target | (large ? (Target >> 32) << 13 : 0);
                return entry | address | (Reserved && large ? 1ul << 21 : 0);
            }

            ulong reservedBit = large && (Random & 0x10_0000) != 0 ? 1ul << (pageShift - 1) : 1ul << MaximumPhysicalBits;
            return entry | Target | (Reserved ? reservedBit : 0) | (NoExecute ? PagingCase.NoExecute : 0);
        }
    }
}
