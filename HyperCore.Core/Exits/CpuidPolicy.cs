using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HyperCore.Core.Processor;

namespace HyperCore.Core.Exits;

/// <summary>
/// What a guest's CPUID returns: the host's answer, masked to features that HyperCore virtualizes, plus what is computed for the vCPU.
/// A feature bit that this table does not know stays hidden. Built when the VM is created, then only read
/// (AMD APM vol. 3, appendix E; Intel SDM vol. 2A, CPUID).
/// </summary>
public sealed class CpuidPolicy
{
    /// <summary>The highest basic leaf shown at most.</summary>
    public const uint HighestBasic = 0x1F;

    /// <summary>The highest extended leaf shown at most.</summary>
    public const uint HighestExtended = 0x8000_0021;

    /// <summary>First leaf of the range that software reserves for hypervisors.</summary>
    public const uint HypervisorBase = 0x4000_0000;

    /// <summary>The leaf that describes the XSAVE area, the only one whose answer depends on XCR0.</summary>
    public const uint ExtendedStateLeaf = 0xD;

    /// <summary>The components of XCR0 that a guest may use: x87, SSE, AVX and the three parts of AVX-512.</summary>
    public const ulong SupportedXcr0 = 0xE7;

    private const uint ExtendedBase = 0x8000_0000;
    private const int MaxEntries = 96;

    // The directory: a slot for each leaf, with the index of its first entry in the low byte, the number of entries, for leaves that CPUID
    // indexes by ECX, above it, and in the highest bit whether the answer depends on more than that.
    private const int ExtendedSlot = (int)HighestBasic + 1;
    private const int HypervisorSlot = ExtendedSlot + (int)(HighestExtended - ExtendedBase) + 1;
    private const int NothingSlot = HypervisorSlot + 1;
    private const int LimitShift = 8;
    private const uint FirstMask = 0xFF;
    private const uint LimitMask = 0x7F;
    private const ushort StatefulFlag = 0x8000;
    private const uint OsXsave = 1u << 27;

    // The leaves whose answer depends on ECX; all others ignore it.
    private const uint IndexedLeaves = (1u << 4) | (1u << 7) | (1u << TopologyLeaf) | (1u << (int)ExtendedStateLeaf);
    private const int TopologyLeaf = 0xB;

    private readonly CpuidResult[] _entries = new CpuidResult[MaxEntries];
    private readonly ushort[] _directory = new ushort[NothingSlot + 1];
    private readonly uint[] _xsaveOffset = new uint[64];
    private readonly uint[] _xsaveSize = new uint[64];
    private int _count;

    /// <summary>Builds the table.</summary>
    /// <param name="host">The processor to ask.</param>
    /// <param name="apicId">The vCPU's local APIC id.</param>
    /// <param name="processors">How many vCPUs the VM has.</param>
    public CpuidPolicy(HostProcessor host, uint apicId, uint processors)
    {
        CpuidResult vendor = host.Cpuid(0);
        CpuidResult extended = host.Cpuid(ExtendedBase);
        MaximumBasic = vendor.Eax < HighestBasic ? vendor.Eax : HighestBasic;
        MaximumExtended = extended.Eax < HighestExtended ? extended.Eax : HighestExtended;
        _count = 1; // entry 0 stays all zeroes: the answer for leaves that are not shown

        for (uint leaf = 0; leaf <= MaximumBasic; leaf++)
        {
            int first = _count;
            AddBasic(host, leaf, apicId, processors);
            bool isIndexed = (IndexedLeaves >> (int)leaf & 1) != 0;
            _directory[leaf] = (ushort)(first | (isIndexed ? (_count - first) << LimitShift : 0) | (DependsOnState(leaf) ? StatefulFlag : 0));
        }

        for (uint leaf = ExtendedBase; leaf <= MaximumExtended && MaximumExtended > ExtendedBase; leaf++)
        {
            _directory[ExtendedSlot + (leaf - ExtendedBase)] = (ushort)_count;
            CpuidResult r = Extended(host.Cpuid(leaf), leaf, processors);
            if (leaf == ExtendedBase + 1 && processors > 1 && IsAmd(vendor))
            {
                // CmpLegacy: what HTT in leaf 1 counts are cores, not threads of one (AMD APM vol. 3, appendix E.3.2).
                r.Ecx |= 2;
            }

            Add(r);
        }

        _directory[HypervisorSlot] = (ushort)_count;
        Add(Signature());
    }

    /// <summary>The highest basic leaf shown.</summary>
    public uint MaximumBasic { get; }

    /// <summary>The highest extended leaf shown.</summary>
    public uint MaximumExtended { get; }

    /// <summary>The components that the guest may set in XCR0; 0 when it has no XSAVE.</summary>
    public ulong GuestXcr0 { get; private set; }

    /// <summary>The vCPU has 1 GiB pages, no-execute and the like as the guest sees EDX of leaf 8000_0001h.</summary>
    public uint ExtendedFeatures => Find(ExtendedBase + 1, 0).Edx;

    /// <summary>What CPUID returns now.</summary>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    /// <param name="cr4">The guest's CR4: OSXSAVE is mirrored.</param>
    /// <param name="xcr0">The guest's XCR0: the size of the XSAVE area depends on it.</param>
    public CpuidResult Lookup(uint leaf, uint subleaf, ulong cr4, ulong xcr0)
    {
        CpuidResult result = Find(leaf, subleaf);
        if (DependsOnState(leaf))
        {
            Complete(ref result, leaf, subleaf, cr4, xcr0);
        }

        return result;
    }

    /// <summary>Where the answer for a leaf is, for <see cref="IsFixed"/> and <see cref="Fixed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Locate(uint leaf) => leaf <= HighestBasic ? _directory[leaf] : LocateHigh(leaf);

    /// <summary>The answer depends on nothing but the leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFixed(uint place) => place <= FirstMask;

    /// <summary>The answer of a leaf that depends on nothing else.</summary>
    /// <param name="place">What <see cref="Locate"/> returned; it comes from the directory, so the entry exists.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly CpuidResult Fixed(uint place) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), place);

    /// <summary>The table's entry for a leaf: all of the answer unless <see cref="DependsOnState"/>.</summary>
    public ref readonly CpuidResult Find(uint leaf, uint subleaf)
    {
        // An entry that CPUID does not index by ECX has no limit set, and its only answer serves for every subleaf.
        uint place = Locate(leaf);
        uint limit = place >> LimitShift & LimitMask;
        uint first = place & FirstMask;
        return ref _entries[limit == 0 ? first : subleaf < limit ? first + subleaf : IndexBeyond(leaf, first, limit)];
    }

    /// <summary>The answer depends on more than the table: the guest's CR4 or XCR0, or all of ECX; see <see cref="Complete"/>.</summary>
    public static bool DependsOnState(uint leaf) => leaf is 1 or TopologyLeaf or ExtendedStateLeaf;

    /// <summary>Fills in what is not in the table.</summary>
    public void Complete(ref CpuidResult result, uint leaf, uint subleaf, ulong cr4, ulong xcr0)
    {
        if (leaf == 1)
        {
            // OSXSAVE reads as CR4.OSXSAVE (bit 18), on a processor that has XSAVE.
            result.Ecx |= (uint)(cr4 >> 18 & 1) * (result.Ecx << 1 & OsXsave);
        }
        else if (leaf == TopologyLeaf)
        {
            // ECX[7:0] is what was asked for, whether there is such a level or not.
            result.Ecx |= MaximumBasic >= TopologyLeaf ? subleaf & 0xFF : 0;
        }
        else if (subleaf < 2 && GuestXcr0 != 0)
        {
            result.Ebx = XsaveAreaSize(xcr0, compacted: subleaf == 1);
        }
    }

    private static bool IsAmd(CpuidResult vendor) => vendor.Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"

    private static CpuidResult Signature()
    {
        // "HyperCoreVMM" in EBX, ECX, EDX; EAX is the highest leaf of the range.
        return new CpuidResult { Eax = HypervisorBase, Ebx = 0x6570_7948, Ecx = 0x726F_4372, Edx = 0x4D4D_5665 };
    }

    private static CpuidResult Extended(CpuidResult r, uint leaf, uint processors)
    {
        switch (leaf)
        {
            case 0x8000_0000:
                r.Eax = r.Eax < HighestExtended ? r.Eax : HighestExtended;
                return r;
            case 0x8000_0001:
                // LAHF, CR8 in 32-bit mode, ABM, SSE4A, misaligned SSE, PREFETCHW, XOP, FMA4, TBM. Hidden: SVM, ext. APIC space, OSVW,
                // IBS, SKINIT, watchdog, LWP, topology extensions, performance counters, MONITORX.
                r.Ecx &= 0x0021_09F1;
                r.Edx &= 0xEFD3_FBFF;
                r.Ebx = 0;
                return r;
            case 0x8000_0002 or 0x8000_0003 or 0x8000_0004 or 0x8000_0005 or 0x8000_0006 or 0x8000_0019 or 0x8000_001A:
                return r;
            case 0x8000_0007:
                return new CpuidResult { Edx = r.Edx & 0x100 };
            case 0x8000_0008:
                // The widths of addresses: linear ones have 48 bits at most, because LA57 is hidden. CLZERO, XSAVEERPTR, WBNOINVD, IBPB.
                uint linearBits = r.Eax >> 8 & 0xFF;
                linearBits = linearBits > 48 ? 48 : linearBits;
                return new CpuidResult { Eax = (r.Eax & 0xFF) | linearBits << 8, Ebx = r.Ebx & 0x1205, Ecx = processors - 1 };
            case 0x8000_0021:
                // Nested data breakpoints ignored, LFENCE serializing, null selector clears base.
                return new CpuidResult { Eax = r.Eax & 0x45 };
            default:
                return default;
        }
    }

    private static CpuidResult Topology(uint level, uint apicId, uint processors)
    {
        uint shift = 0;
        while (1u << (int)shift < processors)
        {
            shift++;
        }

        return level switch
        {
            0 => new CpuidResult { Eax = 0, Ebx = 1, Ecx = 0x100, Edx = apicId },
            1 => new CpuidResult { Eax = shift, Ebx = processors, Ecx = 0x200, Edx = apicId },
            _ => new CpuidResult { Edx = apicId },
        };
    }

    private static CpuidResult Features(CpuidResult r, uint apicId, uint processors)
    {
        // Shown: SSE3, PCLMULQDQ, SSSE3, FMA, CX16, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, XSAVE, AVX, F16C, RDRAND.
        // Always: x2APIC and TSC deadline, which the virtual local APIC has, and the hypervisor bit. Hidden: MONITOR, VMX, SMX, DTES64, ...
        r.Ecx = (r.Ecx & 0x76DA_3203) | (1u << 21) | (1u << 24) | (1u << 31);
        r.Ecx &= ~OsXsave;
        // FPU to CX8, APIC (always), SEP, MTRR, PGE, MCA, CMOV, PAT, PSE36, CLFSH, MMX, FXSR, SSE, SSE2; HTT with more than one vCPU.
        r.Edx = (r.Edx & 0x078B_F9FF) | (1u << 9) | (processors > 1 ? 1u << 28 : 0);
        r.Ebx = (r.Ebx & 0xFF00) | (processors << 16) | (apicId << 24);
        return r;
    }

    private static CpuidResult StructuredFeatures(CpuidResult r)
    {
        r.Eax = 0;
        // TSC_ADJUST always, because MsrPolicy has it. FSGSBASE, BMI1, AVX2, SMEP, BMI2, ERMS, INVPCID, AVX-512 F/DQ, RDSEED, ADX, SMAP, IFMA, CLFLUSHOPT, CLWB, AVX-512 CD, SHA, BW, VL.
        r.Ebx = (r.Ebx & 0xF1BF_07A9) | 2;
        // VBMI, UMIP, VBMI2, GFNI, VAES, VPCLMULQDQ, VNNI, BITALG, VPOPCNTDQ, RDPID. Hidden: PKU, LA57, CET, WAITPKG.
        r.Ecx &= 0x0040_5F46;
        // Fast short REP MOV.
        r.Edx &= 0x10;
        return r;
    }

    private uint LocateHigh(uint leaf)
    {
        if (leaf - ExtendedBase <= HighestExtended - ExtendedBase)
        {
            return _directory[ExtendedSlot + (int)(leaf - ExtendedBase)];
        }

        return _directory[leaf == HypervisorBase ? HypervisorSlot : NothingSlot];
    }

    private static uint IndexBeyond(uint leaf, uint first, uint limit)
    {
        // Leaf 0Bh repeats its shape for every level; all others are zero beyond what they have.
        return leaf == TopologyLeaf ? first + limit - 1 : 0;
    }

    private void AddBasic(HostProcessor host, uint leaf, uint apicId, uint processors)
    {
        CpuidResult r = host.Cpuid(leaf);
        switch (leaf)
        {
            case 0:
                r.Eax = MaximumBasic;
                Add(r);
                break;
            case 1:
                Add(Features(r, apicId, processors));
                break;
            case 2:
                Add(r);
                break;
            case 4:
                AddCaches(host, processors);
                break;
            case 6:
                // ARAT: the (virtual) local APIC timer never stops.
                Add(new CpuidResult { Eax = 4 });
                break;
            case 7:
                Add(StructuredFeatures(r));
                break;
            case 0xB:
                for (uint level = 0; level < 3; level++)
                {
                    Add(Topology(level, apicId, processors));
                }

                break;
            case 0xD:
                AddXsave(host);
                break;
            default:
                Add(default);
                break;
        }
    }

    private void AddCaches(HostProcessor host, uint processors)
    {
        for (uint index = 0; index < 5; index++)
        {
            CpuidResult r = host.Cpuid(4, index);

            // Each vCPU is a core with caches of its own: nobody shares them, and EAX[31:26] counts the cores.
            r.Eax &= 0x3FFF;
            r.Eax |= (r.Eax & 0x1F) != 0 ? (processors - 1) << 26 : 0;
            Add(r);
            if ((r.Eax & 0x1F) == 0)
            {
                break;
            }
        }
    }

    private void AddXsave(HostProcessor host)
    {
        bool shown = (Find(1, 0).Ecx & (1u << 26)) != 0;
        CpuidResult main = host.Cpuid(0xD);
        GuestXcr0 = shown ? (main.Eax | ((ulong)main.Edx << 32)) & SupportedXcr0 : 0;
        if (!shown)
        {
            Add(default);
            return;
        }

        for (uint component = 2; component < 8; component++)
        {
            if ((GuestXcr0 >> (int)component & 1) != 0)
            {
                CpuidResult r = host.Cpuid(0xD, component);
                _xsaveSize[component] = r.Eax;
                _xsaveOffset[component] = r.Ebx;
            }
        }

        Add(new CpuidResult { Eax = (uint)GuestXcr0, Ecx = XsaveAreaSize(GuestXcr0, compacted: false), Edx = (uint)(GuestXcr0 >> 32) });
        // XSAVEOPT, XSAVEC, XGETBV with ECX = 1, XSAVES. No component of IA32_XSS is offered, so ECX and EDX are 0.
        Add(new CpuidResult { Eax = host.Cpuid(0xD, 1).Eax & 0xF });
        for (uint component = 2; component < 8; component++)
        {
            Add((GuestXcr0 >> (int)component & 1) != 0 ? host.Cpuid(0xD, component) : default);
        }
    }

    private uint XsaveAreaSize(ulong xcr0, bool compacted)
    {
        // 512 bytes of legacy area and 64 of header, then the components (AMD APM vol. 2, 11.5).
        uint size = 576;
        for (int component = 2; component < 8; component++)
        {
            if ((xcr0 >> component & 1) != 0)
            {
                uint end = compacted ? size + _xsaveSize[component] : _xsaveOffset[component] + _xsaveSize[component];
                size = end > size ? end : size;
            }
        }

        return size;
    }

    private void Add(CpuidResult result) => _entries[_count++] = result;
}
